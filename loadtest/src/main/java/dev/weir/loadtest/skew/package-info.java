/** How evenly real balancer nodes of uneven traffic load backends: counting for themselves, and telling each other. */
@NullMarked
package dev.weir.loadtest.skew;

import org.jspecify.annotations.NullMarked;
