// Package regressiontree holds trees that predict numbers, and learn from a
// stream: the Hoeffding tree with linear models in its leaves, its adaptive
// variant, and the ensembles that are made of such trees.
//
// A tree lies in a few slices without pointers. What it learns depends on its
// nodes and statistics alone, and never on where in the slices they are: the
// state holds them in the order of the tree, and a restored tree is laid out
// anew.
package regressiontree
