//! One location: coherence holds for every ordering, and read-modify-writes have no gaps.

use super::{Row, Shape};

pub const SHAPES: &[Shape] = &[
    Shape {
        name: "CoRR",
        sequential: "01 01 except 1 0",
        rows: &[Row(
            "x = 1 rlx || x rlx; x rlx",
            "01 01 except 1 0",
            "a thread never reads something older than what it has read",
        )],
    },
    Shape {
        name: "CoRR, two readers",
        sequential: "012 012 | 012 012 : x=12 except 12 0 | * * : x=*, * * | 12 0 : x=*, \
            2 1 | * * : x=2, * * | 2 1 : x=2, 1 2 | * * : x=1, * * | 1 2 : x=1",
        rows: &[
            Row(
                "x = 1 rlx || x = 2 rlx || x rlx; x rlx || x rlx; x rlx",
                "012 012 | 012 012 : x=12 except 12 0 | * * : x=*, * * | 12 0 : x=*, \
                2 1 | * * : x=2, * * | 2 1 : x=2, 1 2 | * * : x=1, * * | 1 2 : x=1",
                "all agree on one modification order, which ends with the last value",
            ),
            Row(
                "x = 1 sc || x = 2 rel || x acq; x rlx || x sc; x sc",
                "012 012 | 012 012 : x=12 except 12 0 | * * : x=*, * * | 12 0 : x=*, \
                2 1 | * * : x=2, * * | 2 1 : x=2, 1 2 | * * : x=1, * * | 1 2 : x=1",
                "the same, with any mixture",
            ),
        ],
    },
    Shape {
        name: "CoWR",
        sequential: "1 : x=12, 2 : x=2",
        rows: &[Row(
            "x = 1 rlx; x rlx || x = 2 rlx",
            "1 : x=12, 2 : x=2",
            "a thread reads its own store or a later one, and 2 is later only if it is last",
        )],
    },
    Shape {
        name: "CoRW",
        sequential: "0 : x=12, 2 : x=1",
        rows: &[Row(
            "x rlx; x = 1 rlx || x = 2 rlx",
            "0 : x=12, 2 : x=1",
            "a store comes after what its thread has read before",
        )],
    },
    Shape {
        name: "CoRW, both",
        sequential: "0 | 0 : x=12, 2 | 0 : x=1, 0 | 1 : x=2",
        rows: &[Row(
            "x rlx; x = 1 rlx || x rlx; x = 2 rlx",
            "0 | 0 : x=12, 2 | 0 : x=1, 0 | 1 : x=2",
            "each store comes after what its thread has read: both cannot come after the other",
        )],
    },
    Shape {
        name: "CoWW",
        sequential: "012 : x=2",
        rows: &[Row(
            "x = 1 rlx; x = 2 rlx || x rlx",
            "012 : x=2",
            "the stores of one thread keep their order",
        )],
    },
    Shape {
        name: "CoWW, and another store",
        sequential: ": x=23",
        rows: &[Row(
            "x = 1 rlx; x = 2 rlx || x = 3 rlx",
            ": x=23",
            "1 is never last, as 2 comes after it",
        )],
    },
    Shape {
        name: "fetch_add",
        sequential: "0 | 1 : x=2, 1 | 0 : x=2",
        rows: &[Row(
            "x += 1 rlx || x += 1 rlx",
            "0 | 1 : x=2, 1 | 0 : x=2",
            "each reads the store right before its own: no update is lost",
        )],
    },
    Shape {
        name: "fetch_add, three",
        sequential: "0 | 1 | 2 : x=3, 0 | 2 | 1 : x=3, 1 | 0 | 2 : x=3, 1 | 2 | 0 : x=3, \
            2 | 0 | 1 : x=3, 2 | 1 | 0 : x=3",
        rows: &[Row(
            "x += 1 rlx || x += 1 rlx || x += 1 rlx",
            "0 | 1 | 2 : x=3, 0 | 2 | 1 : x=3, 1 | 0 | 2 : x=3, 1 | 2 | 0 : x=3, \
            2 | 0 | 1 : x=3, 2 | 1 | 0 : x=3",
            "a chain in any order",
        )],
    },
    Shape {
        name: "fetch_add twice",
        sequential: "0 1 | 2 : x=3, 0 2 | 1 : x=3, 1 2 | 0 : x=3",
        rows: &[Row(
            "x += 1 rlx; x += 1 rlx || x += 1 rlx",
            "0 1 | 2 : x=3, 0 2 | 1 : x=3, 1 2 | 0 : x=3",
            "a chain in which the updates of one thread keep their order",
        )],
    },
    Shape {
        name: "fetch_add and a store",
        sequential: "0 : x=5, 5 : x=6",
        rows: &[Row(
            "x += 1 rlx || x = 5 rlx",
            "0 : x=5, 5 : x=6",
            "the store comes before or after both halves, never between",
        )],
    },
    Shape {
        name: "swap, and a reader",
        sequential: "0 | 1 | 012 : x=2, 2 | 0 | 012 : x=1",
        rows: &[Row(
            "x <- 1 rlx || x <- 2 rlx || x rlx",
            "0 | 1 | 012 : x=2, 2 | 0 | 012 : x=1",
            "who reads the other's value is last; a load may read any of the three values",
        )],
    },
    Shape {
        name: "compare_exchange, two",
        sequential: "0 | 1 : x=1, 2 | 0 : x=2",
        rows: &[
            Row(
                "x 0 -> 1 rlx rlx || x 0 -> 2 rlx rlx",
                "0 | 1 : x=1, 2 | 0 : x=2",
                "the 0 is replaced once; who fails has read something else",
            ),
            Row(
                "x 0 -> 1 ar acq || x 0 -> 2 sc sc",
                "0 | 1 : x=1, 2 | 0 : x=2",
                "the same for all orderings",
            ),
        ],
    },
    Shape {
        name: "compare_exchange that fails",
        sequential: "012 : x=2",
        rows: &[Row(
            "x = 1 rlx; x = 2 rlx || x 5 -> 6 rlx rlx",
            "012 : x=2",
            "a failure is a load, and may read any store",
        )],
    },
    Shape {
        name: "compare_exchange after a read",
        sequential: "0 01 : x=1, 1 1 : x=1",
        rows: &[Row(
            "x = 1 rlx || x rlx; x 0 -> 2 rlx rlx",
            "0 01 : x=1, 1 1 : x=1",
            "2 comes right after the 0, so 1 is last; after the 1 the 0 cannot be read",
        )],
    },
];
