package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.PickContext;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request that remembers where it was tried and which cookie it was given. Asking it allocates nothing. */
final class FakeRequest implements PickContext {
    private final Map<String, String> headers = new HashMap<>();
    private final Set<Backend> tried = new HashSet<>();
    private int attempt;
    private CharSequence clientAddress = "192.0.2.1";
    private CharSequence target = "/";
    private @Nullable String setCookie;

    FakeRequest from(CharSequence address) {
        clientAddress = address;
        return this;
    }

    FakeRequest to(CharSequence target) {
        this.target = target;
        return this;
    }

    FakeRequest with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    /** The attempt on that backend failed; the next one begins. */
    FakeRequest failedOn(Backend backend) {
        tried.add(backend);
        attempt++;
        return this;
    }

    FakeRequest triedOn(Backend backend) {
        tried.add(backend);
        return this;
    }

    @Nullable
    String cookieSet() {
        return setCookie;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public boolean tried(Backend backend) {
        return tried.contains(backend);
    }

    @Override
    public CharSequence clientAddress() {
        return clientAddress;
    }

    @Override
    public CharSequence target() {
        return target;
    }

    @Override
    public @Nullable CharSequence header(CharSequence name) {
        return headers.get(name.toString());
    }

    @Override
    public void setCookie(String value) {
        setCookie = value;
    }
}
