/** How this node itself is: when it stood still, and what it runs out of. What is its own fault is no backend's. */
@NullMarked
package dev.weir.balancer.node;

import org.jspecify.annotations.NullMarked;
