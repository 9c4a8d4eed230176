"""
An image gateway: OpenAI's Images API, Gemini's and Stability's, served by whatever targets a table names.

`app` has the endpoints, `routes` the table, `asking` reads what a client sends, `serving` finds who answers it,
`sending` and `credentials` are the way there, `answers` the way back.
"""
