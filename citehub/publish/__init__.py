"""Files that make a release findable, citable and reusable, and folders ready to publish."""

from citehub.publish.files import PUBLISHING_FILES, publishing_files
from citehub.publish.folder import publish
from citehub.publish.schema_org import dataset_jsonld

__all__ = ["PUBLISHING_FILES", "dataset_jsonld", "publish", "publishing_files"]
