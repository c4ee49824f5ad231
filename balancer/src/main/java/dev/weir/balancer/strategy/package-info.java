/** Balancing strategies: the door by which they come in, and one file for each. */
@NullMarked
package dev.weir.balancer.strategy;

import org.jspecify.annotations.NullMarked;
