"""Stack traces as runtimes write them, each with the template that people are shown."""

import json
from typing import Final, NamedTuple

REQUEST: Final = "7f3c6f9e-1a2b-4c3d-8e4f-5a6b7c8d9e0f"
TIME: Final = "2026-11-28T12:00:00.123Z"
FRAME: Final = '  File "/var/task/handler.py", line 12, in total\n    return order.count + price\n'
TYPE_ERROR: Final = "TypeError: unsupported operand type(s) for +: 'int' and 'NoneType'"
PLACE: Final = "at handler.py:12 in total"


class Trace(NamedTuple):
    """A logged stack trace, and the template that it makes alone."""

    text: str
    template: str


PYTHON: Final = Trace(
    f"""Traceback (most recent call last):
  File "/var/lang/lib/python3.13/threading.py", line 3, in run
    self._target(*self._args)
    ~~~~~~~~~~~~^^^^^^^^^^^^^
  File "/var/task/main.py", line 3, in handle
    return total(order)
           ^^^^^^^^^^^^
{FRAME}           ~~~~~~~~~~~~^~~~~~~
{TYPE_ERROR}""",
    f"{TYPE_ERROR} {PLACE}",
)
LOGGED: Final = Trace(
    "ERROR:shop.orders:order 17 failed\n" + PYTHON.text,
    f"order <n> failed | {TYPE_ERROR} {PLACE}",
)
VENDORED: Final = Trace(
    """Traceback (most recent call last):
  File "/var/task/orders/storage.py", line 31, in take
    TABLE.update_item(Key={"id": order.id})
  File "/var/task/botocore/client.py", line 569, in _api_call
    return self._make_api_call(operation_name, kwargs)
  File "/opt/python/lib/python3.13/site-packages/botocore/client.py", line 1023, in _make_api_call
    raise error_class(parsed_response, operation_name)
botocore.errorfactory.ResourceNotFoundException: no such table""",
    "ResourceNotFoundException: no such table at storage.py:31 in take",
)
CHAINED: Final = Trace(
    """Traceback (most recent call last):
  File "/app/shop/client.py", line 9, in send
    with urlopen(url, timeout=3) as answer:
  File "/usr/local/lib/python3.13/urllib/request.py", line 189, in urlopen
    return opener.open(url, data, timeout)
TimeoutError: timed out

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/shop/main.py", line 40, in place
    send(order)
shop.client.DownstreamError: pricing failed""",
    "DownstreamError: pricing failed, caused by TimeoutError: timed out at client.py:9 in send",
)
GROUP: Final = Trace(
    """  + Exception Group Traceback (most recent call last):
  |   File "/app/shop/main.py", line 5, in main
  |     async with asyncio.TaskGroup() as tasks:
  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/app/shop/prices.py", line 2, in price
    |     raise ValueError("no price")
    | ValueError: no price
    +------------------------------------""",
    "ValueError: no price at prices.py:2 in price",
)
LAMBDA_PYTHON: Final = Trace(
    f"[ERROR] {TYPE_ERROR}\rTraceback (most recent call last):\r"
    '\u00a0\u00a0File "/var/task/handler.py", line 12, in total\r\u00a0\u00a0\u00a0\u00a0return a',
    f"{TYPE_ERROR} {PLACE}",
)
LAMBDA_LOGGER: Final = Trace(
    f"[ERROR]\t{TIME}\t{REQUEST}\torder failed\n{PYTHON.text}",
    f"order failed | {TYPE_ERROR} {PLACE}",
)
NODE: Final = Trace(
    """TypeError: Cannot read properties of undefined (reading 'price')
    at Array.map (<anonymous>)
    at async fetch (/var/task/node_modules/undici/index.js:112:15)
    at OrderService.total [as handler] (file:///var/task/src/order.mjs:12:5)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5) {
  code: 'NO_PRICE',
  '$metadata': { attempts: 1 }
}""",
    "TypeError: Cannot read properties of undefined (reading 'price')"
    " at order.mjs:12 in OrderService.total",
)
NODE_ENDED: Final = Trace(
    """/app/index.js:3
    return order.price.amount;
                       ^

TypeError: price is missing
    at total (/app/index.js:3:24)
    at Object.<anonymous> (/app/index.js:30:9)

Node.js v22.11.0""",
    "TypeError: price is missing at index.js:3 in total",
)
LAMBDA_NODE: Final = Trace(
    f"{TIME}\t{REQUEST}\tERROR\tInvoke Error \t"
    + json.dumps(
        {
            "errorType": "TypeError",
            "errorMessage": "price is missing",
            "stack": [
                "TypeError: price is missing",
                "    at Runtime.handler (file:///var/task/index.mjs:3:9)",
                "    at Runtime.handleOnceNonStreaming (file:///var/runtime/index.mjs:1173:29)",
            ],
        }
    ),
    "TypeError: price is missing at index.mjs:3 in Runtime.handler",
)
JAVA: Final = Trace(
    """Exception in thread "main" com.shop.OrderException: checkout failed
	at com.shop.Orders.place(Orders.java:44)
	at java.base/java.lang.Thread.run(Thread.java:840)
	Suppressed: java.io.IOException: not closed
		at com.shop.Orders.close(Orders.java:60)
Caused by: java.net.SocketTimeoutException: connect timed out
	at java.base/java.net.Socket.connect(Socket.java:633)
	at org.apache.http.Client.execute(Client.java:71)
	at com.shop.pay.PaymentClient.charge(PaymentClient.java:12)
	... 23 more""",
    "OrderException: checkout failed, caused by SocketTimeoutException: connect timed out"
    " at PaymentClient.java:12 in PaymentClient.charge",
)
GO: Final = Trace(
    """panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x2 addr=0x0 pc=0x1029f]

goroutine 7 [running]:
panic({0x104a, 0x2})
	/usr/local/go/src/runtime/panic.go:884 +0x20c
github.com/shop/charge.(*Server).Charge(0x14000102060, {0x1, 0x2})
	/app/charge.go:118 +0x1c
main.main()
	/app/main.go:12 +0x20

goroutine 8 [chan receive]:
main.wait()
	/app/wait.go:9 +0x20
exit status 2""",
    "panic: runtime error: invalid memory address or nil pointer dereference"
    " at charge.go:118 in charge.(*Server).Charge",
)
DOTNET: Final = Trace(
    """Unhandled exception. System.InvalidOperationException: cannot place
 ---> System.NullReferenceException: Object reference not set to an instance of an object.
   at System.Linq.Enumerable.Sum(IEnumerable`1 source)
   at Shop.Orders.<Total>d__3.MoveNext() in /src/Orders.cs:line 12
   --- End of inner exception stack trace ---
   at Shop.Program.Main(String[] args) in /src/Program.cs:line 3""",
    "InvalidOperationException: cannot place, caused by NullReferenceException: Object reference"
    " not set to an instance of an object. at Orders.cs:12 in Orders.Total",
)
DOTNET_BARE: Final = Trace(
    """System.Collections.Generic.KeyNotFoundException: no price
   at System.Collections.Generic.Dictionary`2.get_Item(TKey key)
   at Shop.Orders.Total(Order order)
   at lambda_method1(Closure , Stream)""",
    "KeyNotFoundException: no price at Orders.Total()",
)
RUBY: Final = Trace(
    """/app/orders.rb:12:in 'Orders#total': undefined method '+' for nil (NoMethodError)
	from /usr/local/bundle/gems/rack-3.1/lib/rack.rb:3:in 'Rack#call'
	from /app/main.rb:3:in '<main>'""",
    "NoMethodError: undefined method <text> for nil at orders.rb:12 in Orders#total",
)
TEXTS: Final = {
    "python": PYTHON,
    "python logging": LOGGED,
    "python, dependencies beside the code": VENDORED,
    "python, chained": CHAINED,
    "python, group": GROUP,
    "node": NODE,
    "node, ended": NODE_ENDED,
    "java": JAVA,
    "go": GO,
    ".net": DOTNET,
    ".net without symbols": DOTNET_BARE,
    "ruby": RUBY,
}
"""A process's standard error: one log event on Lambda, one for each line on ECS."""


def record(**fields: object) -> str:
    """Return a JSON log record."""
    return json.dumps(fields)


RECORDS: Final = {
    "lambda's text of python": LAMBDA_PYTHON,
    "lambda's logger": LAMBDA_LOGGER,
    "lambda's text of node": LAMBDA_NODE,
    "lambda's json of python": Trace(
        record(
            log_level="ERROR",
            errorType="TypeError",
            errorMessage=TYPE_ERROR[11:],
            requestId=REQUEST,
            stackTrace=[FRAME],
        ),
        f"{TYPE_ERROR} {PLACE}",
    ),
    "lambda's json of node": Trace(
        record(
            level="ERROR",
            message={
                "errorType": "TypeError",
                "errorMessage": "price is missing",
                "stackTrace": ["TypeError: price is missing", "    at t (/var/task/a.js:3:9)"],
            },
        ),
        "TypeError: price is missing at a.js:3 in t",
    ),
    "lambda's json of go": Trace(
        record(
            errorMessage="nil pointer dereference",
            errorType="Error",
            stackTrace=[
                {"path": "github.com/aws/aws-lambda-go@v1.47.0/lambda/errors.go", "line": 39},
                {"path": "shop/charge.go", "line": 118, "label": "Charge"},
                {"path": "runtime/asm_arm64.s", "line": 1172, "label": "goexit"},
            ],
        ),
        "Error: nil pointer dereference at charge.go:118 in Charge",
    ),
    "lambda's json of .net": Trace(
        record(
            errorType="NullReferenceException",
            errorMessage="Object reference not set",
            stackTrace=["at Shop.Orders.Total(Order o) in /src/Orders.cs:line 12", "at A.B(C d)"],
        ),
        "NullReferenceException: Object reference not set at Orders.cs:12 in Orders.Total",
    ),
    "lambda's json of ruby": Trace(
        record(
            errorMessage="undefined method '+' for nil",
            errorType="Function<NoMethodError>",
            stackTrace=["/var/task/orders.rb:12:in `total'", "/var/task/main.rb:3:in `handler'"],
        ),
        "NoMethodError: undefined method <text> for nil at orders.rb:12 in total",
    ),
    "powertools for python": Trace(
        record(
            level="ERROR",
            location="serve:40",
            message="order failed",
            exception=CHAINED.text,
            exception_name="DownstreamError",
            stack_trace={"type": "DownstreamError", "value": "x", "frames": [{"file": "b.py"}]},
        ),
        f"order failed | {CHAINED.template}",
    ),
    "powertools for python, structured alone": Trace(
        record(
            level="ERROR",
            message="order failed",
            stack_trace={
                "type": "KeyError",
                "value": "'price'",
                "frames": [
                    {"file": "/var/task/main.py", "line": 3, "function": "handle"},
                    {"file": "/var/task/orders.py", "line": 12, "function": "total"},
                ],
            },
        ),
        "order failed | KeyError: 'price' at orders.py:12 in total",
    ),
    "powertools for typescript": Trace(
        record(
            level="ERROR",
            message="order failed",
            error={
                "name": "TypeError",
                "location": "file:///var/task/index.js:3",
                "message": "price is missing",
                "stack": "TypeError: price is missing\n    at t (file:///var/task/index.js:3:9)",
            },
        ),
        "order failed | TypeError: price is missing at index.js:3 in t",
    ),
    "pino": Trace(
        record(
            level="error",
            msg="price is missing",
            err={
                "type": "TypeError",
                "message": "price is missing",
                "stack": "TypeError: price is missing\n    at t (/app/index.js:3:9)",
            },
        ),
        "TypeError: price is missing at index.js:3 in t",
    ),
    "structlog": Trace(
        record(
            level="error",
            event="order failed",
            exception=[
                {
                    "exc_type": "KeyError",
                    "exc_value": "'price'",
                    "frames": [{"filename": "/app/orders.py", "lineno": 12, "name": "total"}],
                }
            ],
        ),
        "order failed | KeyError: 'price' at orders.py:12 in total",
    ),
    "logstash": Trace(
        record(level="ERROR", message="order failed", stack_trace=JAVA.text.partition('main" ')[2]),
        f"order failed | {JAVA.template}",
    ),
    "elastic common schema": Trace(
        record(
            **{
                "log.level": "error",
                "message": "order failed",
                "error.type": "KeyError",
                "error.message": "'price'",
                "error.stack_trace": FRAME,
            }
        ),
        f"order failed | KeyError: 'price' {PLACE}",
    ),
    "a traceback as the message": Trace(
        record(level="ERROR", message=PYTHON.text), PYTHON.template
    ),
}
"""Traces that are one log event on every platform."""
