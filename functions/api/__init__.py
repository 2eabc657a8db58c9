"""The HTTP API and the console.

Powertools brings three hundred milliseconds of models of OpenAPI, which it builds when it is
imported and which only the description of the API needs. So here every model is built when it is
first used; what each request needs is built by `ready`, as everywhere.
"""

from pydantic import BaseModel

BaseModel.model_config["defer_build"] = True
