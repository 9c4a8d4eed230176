"""
The reference: what the specs say, for people and for other languages.

`publish.py` is the command. `pages.py` makes the documents that `site.py` writes as HTML and `markdown.py` as text;
`corpus.py` gathers specs, schemas and vectors as files. Nothing here translates, and nothing that translates needs it.
"""
