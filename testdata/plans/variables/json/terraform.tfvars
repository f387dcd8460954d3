administrators = ["alice", "bob"]
statements = [
  { actions = ["*"] },
  { actions = ["iam:*"], resources = ["*"] },
]
