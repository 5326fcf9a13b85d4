"""Ten thousand sequences of what a person may press, unarmed: nothing but reads may come of any of them."""
