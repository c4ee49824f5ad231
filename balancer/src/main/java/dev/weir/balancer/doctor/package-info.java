/**
 * Examines one backend from outside, stage by stage, and says in plain words what is wrong and what to change. A tool for the
 * command line: it blocks, and it knows nothing of a running balancer but what that one's admin port tells.
 */
@NullMarked
package dev.weir.balancer.doctor;

import org.jspecify.annotations.NullMarked;
