//! Two threads, each with two accesses to two locations.

use super::{Row, Shape};

pub const SHAPES: &[Shape] = &[
    Shape {
        name: "SB: store buffering",
        sequential: "01 | 01 except 0 | 0",
        rows: &[
            Row(
                "x = 1 rlx; y rlx || y = 1 rlx; x rlx",
                "01 | 01",
                "nothing orders the loads after the stores",
            ),
            Row(
                "x = 1 rel; y acq || y = 1 rel; x acq",
                "01 | 01",
                "a load that reads the initial value synchronizes with nothing",
            ),
            Row(
                "x = 1 sc; y sc || y = 1 sc; x sc",
                "01 | 01 except 0 | 0",
                "in S both loads would come before the other thread's store: a cycle",
            ),
            Row(
                "x = 1 sc; y acq || y = 1 sc; x acq",
                "01 | 01",
                "only the stores are in S: nothing says that a load reads the last",
            ),
            Row(
                "x = 1 rel; y sc || y = 1 rel; x sc",
                "01 | 01",
                "only the loads are in S, and they may come in any order",
            ),
            Row(
                "x = 1 sc; y sc || y = 1 sc; x acq",
                "01 | 01",
                "the last load is not in S",
            ),
            Row(
                "x = 1 rlx; fence sc; y rlx || y = 1 rlx; fence sc; x rlx",
                "01 | 01 except 0 | 0",
                "a load that misses a store puts its fence before the other in S: a cycle",
            ),
            Row(
                "x = 1 rlx; fence sc; y rlx || y = 1 rlx; x rlx",
                "01 | 01",
                "one fence has nothing to be ordered with",
            ),
            Row(
                "x = 1 rlx; fence sc; y rlx || y = 1 rel; fence ar; x acq",
                "01 | 01",
                "an acquire and release fence is not in S",
            ),
            Row(
                "x = 1 rlx; fence ar; y rlx || y = 1 rlx; fence ar; x rlx",
                "01 | 01",
                "neither fence is in S",
            ),
            Row(
                "x = 1 rlx; fence sc; y rlx || y = 1 sc; x sc",
                "01 | 01 except 0 | 0",
                "the fence before the store to y, before the load of x, before the fence: \
            a cycle",
            ),
            Row(
                "x = 1 rlx; fence sc; y rlx || y = 1 rlx; x sc",
                "01 | 01",
                "the store to y is not in S",
            ),
            Row(
                "x = 1 rlx; fence sc; y rlx || y = 1 sc; x rlx",
                "01 | 01",
                "the load of x is not in S",
            ),
        ],
    },
    Shape {
        name: "SB of updates",
        sequential: "0 01 | 0 01 : x=1 y=1 except 0 0 | 0 0 : x=1 y=1",
        rows: &[
            Row(
                "x <- 1 ar; y += 0 ar || y <- 1 ar; x += 0 ar",
                "0 01 | 0 01 : x=1 y=1 except 0 0 | 0 0 : x=1 y=1",
                "y += 0 before y <- 1 makes the latter synchronize with it, and then x is 1",
            ),
            Row(
                "x <- 1 rlx; y += 0 rlx || y <- 1 rlx; x += 0 rlx",
                "0 01 | 0 01 : x=1 y=1 except 0 0 | 0 0 : x=1 y=1",
                "each swap would read the other thread's addition, which comes after its swap: as in LB",
            ),
            Row(
                "x <- 1 sc; y += 0 sc || y <- 1 sc; x += 0 sc",
                "0 01 | 0 01 : x=1 y=1 except 0 0 | 0 0 : x=1 y=1",
                "in S",
            ),
        ],
    },
    Shape {
        name: "LB: load buffering",
        sequential: "01 | 01 except 1 | 1",
        rows: &[
            Row(
                "x rlx; y = 1 rlx || y rlx; x = 1 rlx",
                "01 | 01 except 1 | 1",
                "here as in RC11 no load reads a store that depends on it; C++20 leaves \
            it open",
            ),
            Row(
                "x acq; y = 1 rel || y acq; x = 1 rel",
                "01 | 01 except 1 | 1",
                "each store would happen before the load that it happens after",
            ),
            Row(
                "x sc; y = 1 sc || y sc; x = 1 sc",
                "01 | 01 except 1 | 1",
                "in S",
            ),
        ],
    },
    Shape {
        name: "LB out of thin air",
        sequential: "0 | 0",
        rows: &[Row(
            "x rlx; if 1; y = 1 rlx || y rlx; if 1; x = 1 rlx",
            "0 | 0",
            "neither begins",
        )],
    },
    Shape {
        name: "S",
        sequential: "01 : x=12 except 1 : x=2",
        rows: &[
            Row(
                "x = 2 rlx; y = 1 rlx || y rlx; x = 1 rlx",
                "01 : x=12",
                "x = 1 may come before x = 2 in modification order",
            ),
            Row(
                "x = 2 rlx; y = 1 rel || y acq; x = 1 rlx",
                "01 : x=12 except 1 : x=2",
                "x = 2 happens before x = 1",
            ),
            Row(
                "x = 2 rlx; y = 1 rel || y rlx; x = 1 rlx",
                "01 : x=12",
                "no acquire",
            ),
            Row(
                "x = 2 rlx; y = 1 rlx || y acq; x = 1 rlx",
                "01 : x=12",
                "no release",
            ),
            Row(
                "x = 2 sc; y = 1 sc || y sc; x = 1 sc",
                "01 : x=12 except 1 : x=2",
                "in S",
            ),
            Row(
                "x = 2 sc; y = 1 rlx || y rlx; x = 1 sc",
                "01 : x=12",
                "S follows the modification order, and y does not say otherwise",
            ),
            Row(
                "x = 2 rlx; fence rel; y = 1 rlx || y rlx; fence acq; x = 1 rlx",
                "01 : x=12 except 1 : x=2",
                "fence to fence",
            ),
            Row(
                "x = 2 rlx; fence sc; y = 1 rlx || y rlx; fence sc; x = 1 rlx",
                "01 : x=12 except 1 : x=2",
                "fence to fence",
            ),
            Row(
                "x = 2 rlx; fence sc; y = 1 rlx || y rlx; x = 1 rlx",
                "01 : x=12",
                "a fence on one side only",
            ),
        ],
    },
    Shape {
        name: "R",
        sequential: "01 : y=12 except 0 : y=2",
        rows: &[
            Row(
                "x = 1 rlx; y = 1 rlx || y = 2 rlx; x rlx",
                "01 : y=12",
                "nothing is ordered",
            ),
            Row(
                "x = 1 rel; y = 1 rel || y = 2 rel; x acq",
                "01 : y=12",
                "nothing reads a release store but the load of x itself",
            ),
            Row(
                "x = 1 sc; y = 1 sc || y = 2 sc; x sc",
                "01 : y=12 except 0 : y=2",
                "y = 1, y = 2, the load of x, x = 1, y = 1: a cycle in S",
            ),
            Row(
                "x = 1 sc; y = 1 rel || y = 2 sc; x sc",
                "01 : y=12",
                "y = 1 is not in S: in C++20 modification order alone orders nothing",
            ),
            Row(
                "x = 1 rlx; fence sc; y = 1 rlx || y = 2 rlx; fence sc; x rlx",
                "01 : y=12 except 0 : y=2",
                "the first fence before the second by y, and after it by x",
            ),
            Row(
                "x = 1 rlx; fence sc; y = 1 rlx || y = 2 sc; x sc",
                "01 : y=12 except 0 : y=2",
                "the fence before y = 2 by y, and after the load by x",
            ),
            Row(
                "x = 1 rlx; fence sc; y = 1 rlx || y = 2 rlx; x rlx",
                "01 : y=12",
                "a fence on one side only",
            ),
            Row(
                "x = 1 rlx; y = 1 rlx || y = 2 rlx; fence sc; x rlx",
                "01 : y=12",
                "a fence on one side only",
            ),
            Row(
                "x = 1 rlx; fence ar; y = 1 rlx || y = 2 rlx; fence ar; x rlx",
                "01 : y=12",
                "neither fence is in S",
            ),
        ],
    },
    Shape {
        name: "2+2W",
        sequential: ": x=12 y=12 except : x=1 y=1",
        rows: &[
            Row(
                "x = 1 rlx; y = 2 rlx || y = 1 rlx; x = 2 rlx",
                ": x=12 y=12",
                "modification orders of two locations need not agree",
            ),
            Row(
                "x = 1 rel; y = 2 rel || y = 1 rel; x = 2 rel",
                ": x=12 y=12",
                "nobody acquires",
            ),
            Row(
                "x = 1 sc; y = 2 sc || y = 1 sc; x = 2 sc",
                ": x=12 y=12 except : x=1 y=1",
                "S follows both modification orders",
            ),
            Row(
                "x = 1 rlx; fence sc; y = 2 rlx || y = 1 rlx; fence sc; x = 2 rlx",
                ": x=12 y=12 except : x=1 y=1",
                "each fence before the other",
            ),
            Row(
                "x = 1 rlx; fence sc; y = 2 rlx || y = 1 sc; x = 2 sc",
                ": x=12 y=12 except : x=1 y=1",
                "the fence before y = 1, before x = 2, before the fence",
            ),
            Row(
                "x = 1 rlx; fence sc; y = 2 rlx || y = 1 rlx; x = 2 rlx",
                ": x=12 y=12",
                "a fence on one side only",
            ),
            Row(
                "x = 1 rlx; fence ar; y = 2 rlx || y = 1 rlx; fence ar; x = 2 rlx",
                ": x=12 y=12",
                "neither fence is in S",
            ),
            Row(
                "x = 1 sc; y = 2 sc || y = 1 rel; x = 2 rel",
                ": x=12 y=12",
                "one thread is not in S",
            ),
        ],
    },
];
