/** How often the backends of a cluster of balancers are checked, counted where the checks arrive. */
@NullMarked
package dev.weir.loadtest.probes;

import org.jspecify.annotations.NullMarked;
