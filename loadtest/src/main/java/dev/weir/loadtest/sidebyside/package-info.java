/**
 * CPU per request through several proxies that do the same job: one measurement, each proxy pinned to one core, rounds
 * interleaved so that whatever the machine does in the meantime happens to all of them.
 */
@NullMarked
package dev.weir.loadtest.sidebyside;

import org.jspecify.annotations.NullMarked;
