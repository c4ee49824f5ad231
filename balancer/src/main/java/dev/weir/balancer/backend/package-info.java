/** Backends: their identity, counters and state, and the immutable snapshots that the data path reads. */
@NullMarked
package dev.weir.balancer.backend;

import org.jspecify.annotations.NullMarked;
