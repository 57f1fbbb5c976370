//! Three and four threads: how far it reaches that one thread has seen a store.

use super::{Row, Shape};

pub const SHAPES: &[Shape] = &[
    Shape {
        name: "WRC: write to read causality",
        sequential: "01 | 01 01 except 1 | 1 0",
        rows: &[
            Row(
                "x = 1 rlx || x rlx; y = 1 rlx || y rlx; x rlx",
                "01 | 01 01",
                "nothing is ordered",
            ),
            Row(
                "x = 1 rlx || x rlx; y = 1 rel || y acq; x rlx",
                "01 | 01 01 except 1 | 1 0",
                "the second load of x happens after the first, and reads nothing older",
            ),
            Row(
                "x = 1 rel || x acq; y = 1 rel || y acq; x acq",
                "01 | 01 01 except 1 | 1 0",
                "the same",
            ),
            Row(
                "x = 1 rel || x acq; y = 1 rlx || y acq; x acq",
                "01 | 01 01",
                "the store to y does not release",
            ),
            Row(
                "x = 1 rel || x acq; y = 1 rel || y rlx; x acq",
                "01 | 01 01",
                "the load of y does not acquire",
            ),
            Row(
                "x = 1 sc || x sc; y = 1 sc || y sc; x sc",
                "01 | 01 01 except 1 | 1 0",
                "in S",
            ),
            Row(
                "x = 1 sc || x sc; y = 1 rlx || y rlx; x sc",
                "01 | 01 01",
                "the loads of x may come in either order in S",
            ),
            Row(
                "x = 1 rlx || x rlx; fence sc; y = 1 rlx || y rlx; fence sc; x rlx",
                "01 | 01 01 except 1 | 1 0",
                "fence to fence",
            ),
            Row(
                "x = 1 rlx || x rlx; fence rel; y = 1 rlx || y rlx; fence acq; x rlx",
                "01 | 01 01 except 1 | 1 0",
                "fence to fence",
            ),
            Row(
                "x = 1 rlx || x rlx; y = 1 rlx || y rlx; fence sc; x rlx",
                "01 | 01 01",
                "a fence on one side only",
            ),
        ],
    },
    Shape {
        name: "ISA2",
        sequential: "01 | 01 01 except 1 | 1 0",
        rows: &[
            Row(
                "x = 1 rlx; y = 1 rlx || y rlx; z = 1 rlx || z rlx; x rlx",
                "01 | 01 01",
                "nothing is ordered",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y acq; z = 1 rel || z acq; x rlx",
                "01 | 01 01 except 1 | 1 0",
                "happens-before goes through the thread in the middle",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y rlx; z = 1 rel || z acq; x rlx",
                "01 | 01 01",
                "the middle does not acquire",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y acq; z = 1 rlx || z acq; x rlx",
                "01 | 01 01",
                "the middle does not release",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y rlx; fence ar; z = 1 rlx || z acq; x rlx",
                "01 | 01 01 except 1 | 1 0",
                "a fence in the middle does both",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y rlx; fence acq; z = 1 rlx || z acq; x rlx",
                "01 | 01 01",
                "or only one",
            ),
            Row(
                "x = 1 sc; y = 1 sc || y sc; z = 1 sc || z sc; x sc",
                "01 | 01 01 except 1 | 1 0",
                "in S",
            ),
        ],
    },
    Shape {
        name: "SB of three",
        sequential: "01 | 01 | 01 except 0 | 0 | 0",
        rows: &[
            Row(
                "x = 1 rel; y acq || y = 1 rel; z acq || z = 1 rel; x acq",
                "01 | 01 | 01",
                "nothing is ordered",
            ),
            Row(
                "x = 1 sc; y sc || y = 1 sc; z sc || z = 1 sc; x sc",
                "01 | 01 | 01 except 0 | 0 | 0",
                "a cycle of three in S",
            ),
            Row(
                "x = 1 rlx; fence sc; y rlx || y = 1 rlx; fence sc; z rlx || z = 1 rlx; \
            fence sc; x rlx",
                "01 | 01 | 01 except 0 | 0 | 0",
                "a cycle of three fences",
            ),
            Row(
                "x = 1 rlx; fence sc; y rlx || y = 1 rlx; fence sc; z rlx || z = 1 sc; x sc",
                "01 | 01 | 01 except 0 | 0 | 0",
                "a cycle of two fences and two accesses",
            ),
            Row(
                "x = 1 rlx; fence sc; y rlx || y = 1 rlx; fence sc; z rlx || z = 1 rlx; x rlx",
                "01 | 01 | 01",
                "a fence is missing",
            ),
        ],
    },
    Shape {
        name: "IRIW: independent reads of independent writes",
        sequential: "01 01 | 01 01 except 1 0 | 1 0",
        rows: &[
            Row(
                "x = 1 rlx || y = 1 rlx || x rlx; y rlx || y rlx; x rlx",
                "01 01 | 01 01",
                "the readers need not agree on which store came first",
            ),
            Row(
                "x = 1 rel || y = 1 rel || x acq; y acq || y acq; x acq",
                "01 01 | 01 01",
                "neither with release and acquire",
            ),
            Row(
                "x = 1 sc || y = 1 sc || x sc; y sc || y sc; x sc",
                "01 01 | 01 01 except 1 0 | 1 0",
                "in S one store comes first",
            ),
            Row(
                "x = 1 rlx || y = 1 rlx || x sc; y sc || y sc; x sc",
                "01 01 | 01 01 except 1 0 | 1 0",
                "a load that misses a store comes before one that reads it: a cycle of loads",
            ),
            Row(
                "x = 1 sc || y = 1 sc || x acq; y acq || y acq; x acq",
                "01 01 | 01 01",
                "the loads are not in S",
            ),
            Row(
                "x = 1 rlx || y = 1 rlx || x rlx; fence sc; y rlx || y rlx; fence sc; x rlx",
                "01 01 | 01 01 except 1 0 | 1 0",
                "each fence before the other",
            ),
            Row(
                "x = 1 rlx || y = 1 rlx || x rlx; fence sc; y rlx || y rlx; x rlx",
                "01 01 | 01 01",
                "a fence in one reader only",
            ),
            Row(
                "x = 1 rlx || y = 1 rlx || x rlx; fence sc; y rlx || y sc; x sc",
                "01 01 | 01 01 except 1 0 | 1 0",
                "the fence before the load of y, and after that of x",
            ),
            Row(
                "x = 1 rel || y = 1 rel || x acq; fence ar; y acq || y acq; fence ar; x acq",
                "01 01 | 01 01",
                "neither fence is in S",
            ),
        ],
    },
    Shape {
        name: "RWC: read to write causality",
        sequential: "01 01 | 01 except 1 0 | 0",
        rows: &[
            Row(
                "x = 1 rel || x acq; y acq || y = 1 rel; x acq",
                "01 01 | 01",
                "nothing orders the last load after the store to y",
            ),
            Row(
                "x = 1 sc || x sc; y sc || y = 1 sc; x sc",
                "01 01 | 01 except 1 0 | 0",
                "a cycle in S",
            ),
            Row(
                "x = 1 rlx || x sc; y sc || y = 1 sc; x sc",
                "01 01 | 01 except 1 0 | 0",
                "the load of x that reads 0 comes before the one that reads 1 in S",
            ),
            Row(
                "x = 1 sc || x acq; y sc || y = 1 sc; x sc",
                "01 01 | 01",
                "x = 1 happens before the load of y, but not strongly: C++20 allows what \
            C++11 did not",
            ),
            Row(
                "x = 1 rlx || x rlx; fence sc; y rlx || y = 1 rlx; fence sc; x rlx",
                "01 01 | 01 except 1 0 | 0",
                "each fence before the other",
            ),
            Row(
                "x = 1 rlx || x rlx; fence sc; y rlx || y = 1 sc; x sc",
                "01 01 | 01 except 1 0 | 0",
                "the fence before y = 1, and after the load of x",
            ),
            Row(
                "x = 1 rlx || x rlx; fence sc; y rlx || y = 1 rlx; x rlx",
                "01 01 | 01",
                "a fence on one side only",
            ),
        ],
    },
    Shape {
        name: "W+RWC",
        sequential: "01 01 | 01 except 1 0 | 0",
        rows: &[
            Row(
                "x = 1 sc; y = 1 rel || y acq; z sc || z = 1 sc; x sc",
                "01 01 | 01 except 1 0 | 0",
                "x = 1 strongly happens before the load of z: there is something on both \
            sides of the edge",
            ),
            Row(
                "x = 1 sc; y = 1 rlx || y acq; z sc || z = 1 sc; x sc",
                "01 01 | 01",
                "without the edge nothing orders x = 1 and the load of z",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y acq; z sc || z = 1 sc; x sc",
                "01 01 | 01",
                "x = 1 is not in S",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y acq; fence sc; z rlx || z = 1 rlx; fence sc; x rlx",
                "01 01 | 01 except 1 0 | 0",
                "x = 1 happens before the first fence, and the second before the load \
            that misses it",
            ),
            Row(
                "x = 1 rlx; y = 1 rlx || y rlx; fence sc; z rlx || z = 1 rlx; fence sc; x rlx",
                "01 01 | 01",
                "x = 1 does not happen before the first fence",
            ),
            Row(
                "x = 1 sc; y = 1 sc || y sc; z sc || z = 1 sc; x sc",
                "01 01 | 01 except 1 0 | 0",
                "in S",
            ),
        ],
    },
    Shape {
        name: "SB with a message after one fence",
        sequential: "01 | 01 01 except 0 | 1 0",
        rows: &[
            Row(
                "x = 1 rlx; fence sc; y rlx || y = 1 rlx; fence sc; z = 1 rel || z acq; x rlx",
                "01 | 01 01 except 0 | 1 0",
                "the second fence happens before the load of x, which is in another thread",
            ),
            Row(
                "x = 1 rlx; fence sc; y rlx || y = 1 rlx; fence sc; z = 1 rlx || z acq; x rlx",
                "01 | 01 01 except 0 | 1 0",
                "the fence releases the store to z as well",
            ),
            Row(
                "x = 1 rlx; fence sc; y rlx || y = 1 rlx; fence sc; z = 1 rel || z rlx; x rlx",
                "01 | 01 01",
                "without an acquire nothing happens before the load of x",
            ),
        ],
    },
    Shape {
        name: "Z6.U",
        sequential: "1 23 | 1 : y=3, 0 13 | 1 : y=3, 0 13 | 01 : y=1, 3 14 | 01 : y=1, 3 4 | \
            1 : y=4, 1 2 | 01 : y=2",
        rows: &[
            Row(
                "x = 1 sc; y = 1 rel || y += 1 sc; y rlx || y = 3 sc; x sc",
                "1 23 | 01 : y=3, 0 13 | 01 : y=3, 0 13 | 01 : y=1, 3 14 | 01 : y=1, 3 4 \
            | 01 : y=4, 1 2 | 01 : y=2",
                "y = 1 is not in S: x = 1 need not come before y = 3, wherever that is in \
            modification order",
            ),
            Row(
                "x = 1 sc; y = 1 sc || y += 1 sc; y rlx || y = 3 sc; x sc",
                "1 23 | 1 : y=3, 0 13 | 1 : y=3, 0 13 | 01 : y=1, 3 14 | 01 : y=1, 3 4 | \
            1 : y=4, 1 2 | 01 : y=2",
                "where y = 1 comes before y = 3, x = 1 comes before the load of x",
            ),
            Row(
                "x = 1 rlx; y = 1 rlx || y += 1 rlx; y rlx || y = 3 rlx; x rlx",
                "1 23 | 01 : y=3, 0 13 | 01 : y=3, 0 13 | 01 : y=1, 3 14 | 01 : y=1, 3 4 \
            | 01 : y=4, 1 2 | 01 : y=2",
                "nothing is ordered but y itself",
            ),
            Row(
                "x = 1 rlx; fence sc; y = 1 rlx || y += 1 rlx; y rlx || y = 3 rlx; fence \
            sc; x rlx",
                "1 23 | 1 : y=3, 0 13 | 1 : y=3, 0 13 | 01 : y=1, 3 14 | 01 : y=1, 3 4 | \
            1 : y=4, 1 2 | 01 : y=2",
                "where y = 1 comes before y = 3, the first fence comes before the second",
            ),
        ],
    },
];
