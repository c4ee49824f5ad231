/** Charts, as SVG. */
@NullMarked
package dev.weir.loadtest.plot;

import org.jspecify.annotations.NullMarked;
