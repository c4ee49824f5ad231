package dev.weir.balancer;

import dev.weir.balancer.directive.Directive;
import dev.weir.balancer.directive.DirectiveCodec;
import dev.weir.balancer.directive.DirectiveKey;
import dev.weir.balancer.directive.DirectiveStore;
import dev.weir.cluster.Cluster;
import dev.weir.cluster.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directives of a cluster: each is a shared entry, named {@code directive/} and the key. What is written here holds here at
 * once, whatever the cluster does; until a view shows what has become of it, older ones have no say.
 */
final class ClusterDirectives implements DirectiveStore {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterDirectives.class);
    private static final String PREFIX = "directive/";

    private final Cluster cluster;
    private final UUID self;
    private final Map<DirectiveKey, Directive> directives = new LinkedHashMap<>();
    /** Written here, and in no view yet. */
    private final Map<DirectiveKey, Written> pending = new HashMap<>();

    private final List<Consumer<Set<DirectiveKey>>> listeners = new ArrayList<>();
    private final Set<String> ignored = new LinkedHashSet<>();
    private Map<String, Entry> entries;

    /** The cluster's thread. */
    private Map<String, Entry> told;

    /**
     * @param value null: removed
     * @param after version of the entry in whose place it was written; 0: there was none
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Written(byte @Nullable [] value, long after) {}

    /**
     * Control context.
     *
     * @param control runs tasks on the control context
     */
    ClusterDirectives(Cluster cluster, Executor control) {
        this.cluster = cluster;
        this.self = cluster.self().id();
        this.entries = cluster.view().entries();
        this.told = entries;
        directives.putAll(read(entries));
        cluster.listen(view -> seen(view.entries(), control));
    }

    /** The cluster's thread. Most views, and there are ten in a second, bring nothing new of entries. */
    @SuppressWarnings("ReferenceEquality") // views share the map as long as no entry changes
    private void seen(Map<String, Entry> shown, Executor control) {
        if (shown != told) {
            told = shown;
            control.execute(() -> adopt(shown));
        }
    }

    /** @throws IllegalStateException if the cluster has no room for one more; nothing has changed then */
    @Override
    public void write(DirectiveKey key, Directive directive) {
        if (key.kind() != directive.kind()) {
            throw new IllegalArgumentException(directive.kind() + " under the key " + key);
        }
        byte[] value = DirectiveCodec.encode(directive);
        cluster.write(PREFIX + key, value);
        pending.put(key, new Written(value, version(key)));
        tell(become(key, directive) ? Set.of(key) : Set.of());
    }

    @Override
    public void remove(DirectiveKey key) {
        cluster.remove(PREFIX + key);
        pending.put(key, new Written(null, version(key)));
        tell(become(key, null) ? Set.of(key) : Set.of());
    }

    private long version(DirectiveKey key) {
        Entry entry = entries.get(PREFIX + key);
        return entry == null ? 0 : entry.version();
    }

    @Override
    public @Nullable Directive find(DirectiveKey key) {
        return directives.get(key);
    }

    @Override
    public Map<DirectiveKey, Directive> current() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(directives));
    }

    @Override
    public void listen(Consumer<Set<DirectiveKey>> listener) {
        listeners.add(listener);
    }

    private void adopt(Map<String, Entry> shown) {
        entries = shown;
        pending.entrySet().removeIf(each -> isSettled(each.getValue(), shown.get(PREFIX + each.getKey())));
        Map<DirectiveKey, Directive> wanted = read(shown);
        Set<DirectiveKey> keys = new LinkedHashSet<>(directives.keySet());
        keys.addAll(wanted.keySet());
        keys.removeAll(pending.keySet());
        keys.removeIf(key -> !become(key, wanted.get(key)));
        tell(keys);
    }

    /** Whether what was written here has come to be, or somebody else has written after it. */
    private boolean isSettled(Written written, @Nullable Entry entry) {
        if (entry == null) {
            return written.value == null;
        }
        boolean overwritten = !entry.author().equals(self) && entry.version() > written.after;
        return overwritten || Arrays.equals(entry.value(), written.value);
    }

    private Map<DirectiveKey, Directive> read(Map<String, Entry> shown) {
        Map<DirectiveKey, Directive> read = new LinkedHashMap<>();
        shown.forEach((name, entry) -> {
            if (!name.startsWith(PREFIX)) {
                return;
            }
            DirectiveKey key = DirectiveKey.parse(name.substring(PREFIX.length()));
            Directive directive = DirectiveCodec.decode(entry.value());
            if (key != null && directive != null && key.kind() == directive.kind()) {
                read.put(key, directive);
            } else if (ignored.size() < Cluster.MAX_ENTRIES && ignored.add(name)) {
                LOG.warn(
                        "a directive that this version does not know is ignored: {}, written by {}",
                        ExplainText.printable(name),
                        entry.author());
            }
        });
        return read;
    }

    /** @return whether it is another one than before */
    private boolean become(DirectiveKey key, @Nullable Directive next) {
        Directive before = next == null ? directives.remove(key) : directives.put(key, next);
        return !Objects.equals(before, next);
    }

    private void tell(Set<DirectiveKey> changed) {
        if (!changed.isEmpty()) {
            listeners.forEach(listener -> listener.accept(changed));
        }
    }
}
