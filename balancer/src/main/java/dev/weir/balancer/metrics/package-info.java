/** Every meter, in one place. */
@NullMarked
package dev.weir.balancer.metrics;

import org.jspecify.annotations.NullMarked;
