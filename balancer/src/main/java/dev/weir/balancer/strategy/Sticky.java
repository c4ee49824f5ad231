package dev.weir.balancer.strategy;

import dev.weir.balancer.config.StrategyConfig;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code sticky}: a client stays with the backend that another strategy has chosen for it once. A signed cookie remembers
 * it; when that backend is gone, out of use or was tried, the other strategy chooses anew, and the cookie is rewritten.
 */
public final class Sticky implements StrategyProvider {
    private static final Logger LOG = LoggerFactory.getLogger(Sticky.class);
    private static final int MIN_SECRET_LENGTH = 16;

    @Override
    public String name() {
        return "sticky";
    }

    @Override
    public Strategy create(JsonObject json, Environment environment) {
        Options options =
                new Options(json, "over", "cookie", "secret", "ttl", "path", "same-site", "secure", "http-only");
        StickyCookie cookie = StickyCookie.of(options);
        String secret = secret(json);
        Strategy over = environment.nested().apply(over(json));
        TokenSigner signer = new TokenSigner(secret, environment.pool());
        Strategy sticky = eligible -> StickyPicker.of(eligible, over.picker(eligible), cookie, signer);
        return secret == null ? warning(sticky, environment.pool()) : sticky;
    }

    private StrategyConfig over(JsonObject json) {
        Object value = json.getValue("over", "least-requests");
        JsonObject options = value instanceof JsonObject object ? object.copy() : new JsonObject();
        Object name = value instanceof JsonObject ? options.remove("name") : value;
        if (!(name instanceof String text)) {
            throw Options.wrong("over", value, "names no strategy", "a name, or { name: ..., options }");
        }
        if (text.equals(name())) {
            throw Options.wrong("over", text, "cannot stand over itself", "another strategy");
        }
        return new StrategyConfig(text, options);
    }

    /** Its value is in no message: they end up in logs. */
    private static @Nullable String secret(JsonObject json) {
        Object value = json.getValue("secret");
        if (value == null || (value instanceof String text && text.length() >= MIN_SECRET_LENGTH)) {
            return (String) value;
        }
        throw new IllegalArgumentException("option 'secret' is too short, or not a text; expected " + MIN_SECRET_LENGTH
                + " characters or more, in quotes, such as from 'openssl rand -base64 32'");
    }

    /** Warns once the strategy is put to use, and not when a configuration is only checked. */
    private static Strategy warning(Strategy sticky, String pool) {
        boolean[] warned = new boolean[1];
        return eligible -> {
            if (!warned[0]) {
                LOG.warn(
                        "Pool {}: its sticky strategy has no secret, so a random one is used:"
                                + " cookies survive no restart, and other nodes do not accept them",
                        pool);
                warned[0] = true;
            }
            return sticky.picker(eligible);
        };
    }
}
