"""Settings of the site that `make docs` builds with Sphinx from the Markdown of this folder."""

project = "Quorum"
author = "The Quorum maintainers"
extensions = ["myst_parser", "sphinxcontrib.mermaid"]
root_doc = "index"
exclude_patterns: list[str] = []
html_theme = "furo"
html_title = "Quorum"
html_show_sourcelink = False
html_show_copyright = False
# Links to headings work as on GitHub; a link to a source file of this repository offers that file
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
