/** Other programs: where they are, how they are started, and that nothing of them is left behind. */
@NullMarked
package dev.weir.loadtest.process;

import org.jspecify.annotations.NullMarked;
