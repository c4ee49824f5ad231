/** What operators ask for while the balancer runs: as values, as bytes, and where they are kept. Knows no HTTP and no cluster. */
@NullMarked
package dev.weir.balancer.directive;

import org.jspecify.annotations.NullMarked;
