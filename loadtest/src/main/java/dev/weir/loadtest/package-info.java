/** Black-box tools that measure the load balancer from outside, by its jar and its sockets alone. */
@NullMarked
package dev.weir.loadtest;

import org.jspecify.annotations.NullMarked;
