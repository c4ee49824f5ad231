/**
 * What can go wrong between a client's request and a backend's answer: named once ({@link
 * dev.weir.balancer.failure.ProxyError}), found out in one place ({@link dev.weir.balancer.failure.FailureClassifier}), and
 * used for the status, the {@code Proxy-Status} field, the retry, the ejection, the metric label and the log.
 */
@NullMarked
package dev.weir.balancer.failure;

import org.jspecify.annotations.NullMarked;
