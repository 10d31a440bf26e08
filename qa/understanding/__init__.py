"""From a question to what is looked up or computed for it, and how sure that is.

    text → names → frames (operation, slots) → candidates (facts a slot may mean) → assignment → plan

- `names`: the printed names a question contains, as units, and how much each character says;
- `frames`: which operation is asked of which slots;
- `candidates`: the facts that a slot may mean; `features`: how well each fits, by name;
- `scoring`: one linear score over those features, with fitted weights;
- `groups`: the lists that a ranking, a filter, a count or a sum over all may be of;
- `assigning`: the facts of all slots chosen together;
- `plans`: the plan and its evidence.
"""
