package dev.weir.balancer.metrics;

import dev.weir.balancer.failure.ProxyError;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;

/** One counter for each error token. Errors that share a token share a counter. Thread-safe; counting allocates nothing. */
final class ErrorCounters {
    private final Map<ProxyError, LongAdder> byError = new EnumMap<>(ProxyError.class);
    private final Map<String, LongAdder> byToken = new LinkedHashMap<>();

    ErrorCounters() {
        for (ProxyError error : ProxyError.values()) {
            byError.put(error, byToken.computeIfAbsent(error.token(), token -> new LongAdder()));
        }
    }

    @SuppressWarnings("NullAway") // there is a counter for each
    void add(ProxyError error) {
        byError.get(error).increment();
    }

    void forEach(ObjLongConsumer<String> tokenAndCount) {
        byToken.forEach((token, count) -> tokenAndCount.accept(token, count.sum()));
    }
}
