/**
 * What the nodes of one cluster tell each other: each its own records, and all of them the shared entries. It does not know
 * what the bytes mean, and nobody waits for it: see {@link dev.weir.cluster.Cluster}.
 */
@NullMarked
package dev.weir.cluster;

import org.jspecify.annotations.NullMarked;
