"""What a change of rules does to a log: which leads move, by which rule, and why; what each rule is good for."""
