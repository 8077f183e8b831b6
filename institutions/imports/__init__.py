"""The import of people and posts: what the register knows, what a row would do, and doing exactly that.

`known` reads, `judging` decides and is pure, `staging` keeps a preview, `applying` and `undoing` change the register,
`transfers` asks whoever a person is registered with.
"""
