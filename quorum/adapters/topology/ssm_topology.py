"""The service map from one SSM parameter, as JSON."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from pydantic import ValidationError

from quorum.adapters.aws.aws_errors import code_of, raising
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.topology import ServiceMap

if TYPE_CHECKING:
    from mypy_boto3_ssm.client import SSMClient


class SsmTopology:
    """A `TopologySource`. The map is optional: without the parameter it is empty."""

    def __init__(self, client: "SSMClient", parameter: str) -> None:
        self._client, self._parameter = client, parameter

    def service_map(self) -> ServiceMap:
        """Return the map. Raises SourceUnavailableError, with the name of an invalid field."""
        with raising(SourceUnavailableError, f"parameter {self._parameter}"):
            try:
                response = self._client.get_parameter(Name=self._parameter)
            except ClientError as error:
                if code_of(error) != "ParameterNotFound":
                    raise
                return ServiceMap()
        try:
            return ServiceMap.model_validate_json(response["Parameter"]["Value"])
        except ValidationError as error:
            invalid = "; ".join(
                f"{'.'.join(map(str, e['loc'])) or 'whole value'}: {e['msg']}"
                for e in error.errors()
            )
            raise SourceUnavailableError(f"parameter {self._parameter}: {invalid}") from error
