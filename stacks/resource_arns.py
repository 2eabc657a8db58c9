"""ARNs of the resource keys in permissions; none for a resource that is not configured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from aws_cdk import Aws

from quorum.domain.catalogue import VERBS
from quorum.domain.notification_routes import CHANNELS
from quorum.domain.seats import SEATS, seat
from quorum.domain.vector_engines import index_name
from stacks.config import Config
from stacks.functions_table import ROWS
from stacks.naming import Names, arn, role_arn
from stacks.tables import KNOWLEDGE
from stacks.watched_arns import form_arn, pattern_arns

Arns = tuple[str, ...]


class TokenIssuer(NamedTuple):
    """Issuer and client id of the tokens that people sign in with."""

    issuer: str = ""
    client: str = ""


class MemoryPlace(NamedTuple):
    """The address of a memory in OpenSearch."""

    endpoint: str = ""
    collection: str = ""
    """The ARN of a serverless collection."""


@dataclass(frozen=True, slots=True)
class ResourceArns:
    """The resources of one stage. Those without a derived name are passed in once they exist."""

    config: Config
    table_stream: str = ""
    """The events table's stream."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """The ARN of each signing function's key, by the name of the function's row."""
    sign_in: TokenIssuer = field(default_factory=TokenIssuer)
    """Issuer and client of the tokens that people sign in with."""
    console_url: str = ""
    """The console's address, for links in messages."""
    memory: MemoryPlace = field(default_factory=MemoryPlace)

    def of(self, key: str) -> Arns:
        """Return the ARNs of a resource key. Raises KeyError for an unknown kind of key."""
        kind, _, name = key.partition(":")
        return self._kinds()[kind](name)

    @property
    def names(self) -> Names:
        """Return the physical names of the stage."""
        return Names(self.config.stage)

    def _kinds(self) -> Mapping[str, Callable[[str], Arns]]:
        names = self.names
        return {
            "any": lambda _: ("*",),
            "table": lambda name: (self._table(names.of(name)),),
            "index": self._index,
            "votes": self._votes,
            "table-stream": lambda _: (self.table_stream,),
            "key": self._keys,
            "objects": lambda name: (f"arn:{Aws.PARTITION}:s3:::{names.bucket}/{name}/*",),
            "queue": lambda name: (arn("sqs", names.of(name)),),
            "stream": lambda name: (arn("kinesis", f"stream/{names.of(name)}"),),
            "machine": lambda _: (names.machine_arn,),
            "executions": lambda _: (names.execution_arns,),
            "service-map": lambda _: (arn("ssm", f"parameter{self.config.service_map_parameter}"),),
            "watched": self._watched,
            "watching": self._watching,
            "alarms": lambda _: self._alarms(),
            "tagged-alarms": lambda _: self._tagged_alarms(),
            "audit-trail": lambda _: ("*",) if self.config.audited else (),
            "traces": lambda source: ("*",) if source == self.config.traces else (),
            "deployments": lambda _: (arn("cloudformation", "stack/*"),),
            "identity": self._identity,
            "model": self._model,
            "embedding": lambda _: self._embedding(),
            "memory": self._memory,
            "encryption-keys": lambda _: self.config.encryption_keys,
            "verb-roles": lambda _: tuple(role_arn(names.verb_role(verb)) for verb in VERBS),
            "function": lambda name: (names.function_arn(name),),
            "secrets": self._secrets,
            "warm-aliases": lambda _: tuple(names.function_arn(r.name) for r in ROWS if r.warm),
        }

    def _tagged_alarms(self) -> Arns:
        """Return all alarms if `alarm_tags` is set, because their tags have to be read."""
        return (arn("cloudwatch", "alarm:*"),) if self.config.alarm_tags else ()

    def _alarms(self) -> Arns:
        """Return the alarms that are opted in: by name, or all where their tags decide."""
        names = tuple(arn("cloudwatch", f"alarm:{p}*") for p in self.config.alarm_prefixes)
        return self._tagged_alarms() or names

    def _table(self, name: str) -> str:
        return arn("dynamodb", f"table/{name}")

    def _index(self, name: str) -> Arns:
        table, _, index = name.partition("/")
        return (f"{self._table(self.names.of(table))}/index/{index}",)

    def _votes(self, of: str) -> Arns:
        seats = SEATS if of == "all" else (seat(of),)
        return tuple(self._table(self.names.votes(one)) for one in seats)

    def _keys(self, of: str) -> Arns:
        seats = [row.name for row in ROWS if row.seat]
        return tuple(self.keys[name] for name in (seats if of == "seats" else [of]))

    def _watched(self, kind: str) -> Arns:
        if kind == "logs":
            return tuple(arn("logs", f"log-group:{g}:*") for g in self.config.log_groups)
        return pattern_arns(self.config.watch, kind)

    def _watching(self, key: str) -> Arns:
        """Return the ARN of `KIND+KIND/FORM` if any resource of one of the kinds is watched."""
        kinds, _, form = key.partition("/")
        watched = {pattern.partition(":")[0] for pattern in self.config.watch}
        return () if watched.isdisjoint(kinds.split("+")) else (form_arn(form),)

    def _secrets(self, of: str) -> Arns:
        """Return the channels' secrets; Secrets Manager appends six characters to a name."""
        routes = self.config.routes
        firsts = (*routes.channels[:1], *routes.pages[:1])
        wanted = {"all": (*routes.channels, *routes.pages), "first": firsts}.get(of, (of,))
        named = {name: self.config.channel_secrets.get(name) for name in CHANNELS if name in wanted}
        return tuple(arn("secretsmanager", f"secret:{n}-??????") for n in named.values() if n)

    def _identity(self, _: str) -> Arns:
        """Return what SES may send as: the address or a domain above it, and a configuration set.

        SES takes the identity that is verified: the address, its domain or a parent domain. Where
        that identity has a default configuration set, IAM checks the set as well.
        """
        if self.config.mail_from is None:
            return ()
        labels = self.config.mail_from.partition("@")[2].split(".")
        domains = [".".join(labels[first:]) for first in range(len(labels) - 1)]
        identities = (f"identity/{one}" for one in (self.config.mail_from, *domains))
        return tuple(arn("ses", one) for one in (*identities, "configuration-set/*"))

    def _embedding(self) -> Arns:
        if self.config.memory == "off":
            return ()
        region, model = self.config.model_region or Aws.REGION, self.config.embedding.id
        return (f"arn:{Aws.PARTITION}:bedrock:{region}::foundation-model/{model}",)

    def _memory(self, part: str) -> Arns:
        """Return a part of the memory, if the configuration's choice has it."""
        choice, table = self.config.memory, self._table(self.names.of("knowledge"))
        domain = arn("es", f"domain/{self.names.of('memory')}")
        made = choice == "opensearch-domain" and not self.config.memory_endpoint
        parts: dict[str, tuple[bool, Arns]] = {
            "occurrences": (choice != "off", (table,)),
            "table": (choice == "dynamodb", (table,)),
            "indexes": (
                choice == "dynamodb",
                tuple(f"{table}/index/{index_name(size)}" for size in KNOWLEDGE.vectors),
            ),
            "domain": (made, (f"{domain}/*",)),
            "domain/_mapping": (made, (f"{domain}/*/_mapping",)),
            "domain/_msearch": (made, (f"{domain}/*/_msearch",)),
            "collection": (bool(self.memory.collection), (self.memory.collection,)),
        }
        chosen, found = parts[part]
        return found if chosen else ()

    def _model(self, _: str) -> Arns:
        """Return the model, and the inference profile if the id has a geography prefix."""
        if self.config.model_id is None:
            return ()
        bedrock = f"arn:{Aws.PARTITION}:bedrock"
        geography, _, model = self.config.model_id.partition(".")
        if geography not in _GEOGRAPHIES:
            region = self.config.model_region
            return (f"{bedrock}:{region}::foundation-model/{self.config.model_id}",)
        profile = f"{self.config.model_region}:{Aws.ACCOUNT_ID}:inference-profile"
        return (
            f"{bedrock}:{profile}/{self.config.model_id}",
            f"{bedrock}:*::foundation-model/{model}",
        )


_GEOGRAPHIES = frozenset({"us", "eu", "apac", "global", "au", "jp", "ca", "us-gov"})
