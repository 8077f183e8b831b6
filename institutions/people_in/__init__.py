"""Workbooks of people and posts as HR units send them: read, and written to be read again. Pure: no database, no clock.

`columns` names the headings, `values` reads one cell, `reading` a whole file, `child` does so in a process with limits,
`book` writes the template, the register itself and the rows that were wrong.
"""
