package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.PickContext;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.backend.PoolSnapshot;
import dev.weir.balancer.config.RetryConfig;
import dev.weir.balancer.failure.Failure;
import dev.weir.balancer.failure.Maintenance;
import dev.weir.balancer.failure.Outcome;
import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.ProxyException;
import dev.weir.balancer.failure.RetryClass;
import dev.weir.balancer.failure.RetryDecision;
import dev.weir.balancer.incident.Dossier.Result;
import dev.weir.balancer.metrics.RetryResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one exchange, one after the other: which backend gets the next one, what the end of each means, and whether
 * another one follows. Confined to the event loop of its exchange.
 */
final class Attempts implements PickContext {
    private static final Outcome SUCCESS = new Outcome.Success();
    private static final Outcome CLIENT_GONE = new Outcome.ClientGone();

    private final Exchange exchange;
    private final ProxyLoop loop;
    private final UpstreamPool pool;
    private final ExchangeRecord record;
    private final RequestRelay request;
    private @Nullable QueuePlace place;
    private @Nullable Attempt current;
    private @Nullable ProxyError retryReason;
    private @Nullable String setCookie;
    private boolean freshOnly;

    /** Attempts that may have failed because the request's head is too large. */
    private int suspects;

    Attempts(Exchange exchange, ProxyLoop loop, UpstreamPool pool, ExchangeRecord record, RequestRelay request) {
        this.exchange = exchange;
        this.loop = loop;
        this.pool = pool;
        this.record = record;
        this.request = request;
    }

    /** Null between two attempts, and in the queue. */
    @Nullable
    Attempt current() {
        return current;
    }

    /** Of the attempt that is under way; null while it has none. */
    @Nullable
    UpstreamConnection connection() {
        Attempt attempt = current;
        return attempt == null ? null : attempt.connection();
    }

    // ---- the next one

    /** @param waited whether it was this one's turn in the queue */
    void next(boolean waited) {
        try {
            pickAndBegin(waited);
        } catch (RuntimeException | LinkageError bug) { // strategies may be anybody's code
            exchange.internalError(bug);
        }
    }

    private void pickAndBegin(boolean waited) {
        Picker picker = pool.backends().snapshot().picker();
        boolean behindOthers = pool.isLimited() && !waited && !pool.queue().isEmpty();
        if (place != null) {
            place.look();
        }
        while (true) {
            setCookie = null;
            Backend backend = picker.pick(this);
            if (backend == null) {
                noBackendLeft();
                return;
            }
            if (allOthersAreFull(backend)) {
                enqueue(waited);
                return;
            }
            if (!behindOthers && backend.stats().tryBegin(backend.limit().most())) {
                begin(backend);
                return;
            }
            place().foundFull(backend);
        }
    }

    private boolean allOthersAreFull(Backend picked) {
        return place != null && (place.isFull(picked) || (place.foundAnyFull() && attempted(picked)));
    }

    private void noBackendLeft() {
        notRetriedAfterAll();
        PoolSnapshot snapshot = pool.backends().snapshot();
        Maintenance maintenance = snapshot.maintenance();
        if (maintenance != null) {
            exchange.refuse(maintenance);
            return;
        }
        ProxyException why = NoBackend.of(snapshot.all());
        for (Backend backend : snapshot.all()) {
            if (backend.addresses().isEmpty()) {
                pool.addressWatch().unreachable(backend);
            }
        }
        exchange.fail(why.error(), why.detail(), why.rcode());
    }

    private void notRetriedAfterAll() {
        List<Attempt> made = record.attempts();
        if (!made.isEmpty()) {
            made.getLast().decided(RetryDecision.NO_BACKEND_LEFT);
        }
        retryEnded(RetryResult.NO_BACKEND_LEFT);
    }

    private void begin(Backend backend) {
        if (place != null) {
            place.served();
        }
        BackendConnections connections = loop.connections(backend, pool);
        Attempt next = new Attempt(exchange, backend, connections, loop.now());
        current = next;
        record.attempts().add(next);
        UpstreamConnection idle = freshOnly ? null : connections.poll();
        if (idle != null) {
            connections.metrics().connectionReused();
            exchange.send(next, idle, true);
        } else {
            exchange.timer().await(ExchangeTimer.Wait.PHASE, pool.connectNanos());
            connections.connect(next, freshOnly, isRepeatable());
        }
    }

    /** Whether it can be sent once more if the backend is just closing the connection that it is sent on. */
    private boolean isRepeatable() {
        RetryConfig retry = pool.config().retry();
        return (retry.nonIdempotent() || RetryPolicy.isIdempotent(request.method()))
                && request.isNoLongerThan(retry.buffer());
    }

    // ---- the queue for a connection

    private QueuePlace place() {
        QueuePlace mine = place;
        if (mine == null) {
            mine = new QueuePlace(this, pool, loop);
            place = mine;
        }
        return mine;
    }

    private void enqueue(boolean again) {
        QueuePlace mine = place();
        if (mine.enter(again)) {
            exchange.timer().awaitUntil(ExchangeTimer.Wait.QUEUE, mine.deadlineNanos());
        } else {
            notRetriedAfterAll();
            exchange.fail(ProxyError.CONNECTION_LIMIT_REACHED, "the pool's queue is full" + mine.sharedLimit());
        }
    }

    void queueOverdue() {
        if (place == null || !place.isQueued()) {
            return;
        }
        place.leave();
        pool.metrics().queueTimeout();
        notRetriedAfterAll();
        exchange.fail(ProxyError.CONNECTION_LIMIT_REACHED, "no backend had room in time" + place.sharedLimit());
    }

    /** Whether another one could be served as well: this one left meanwhile, or failed, or does not need all the room. */
    boolean leaveRoom() {
        Attempt attempt = current;
        return attempt == null
                || attempt.backend().stats().inFlight()
                        < attempt.backend().limit().most();
    }

    // ---- the end of one

    void overdue(boolean lastWords) {
        Attempt attempt = current;
        if (attempt != null) {
            attempt.overdue(lastWords);
        }
    }

    /** @param responseBytes bytes of a response that had come */
    void failed(Attempt failed, Failure found, long responseBytes) {
        UpstreamConnection connection = failed.connection();
        RetryClass retryClass = RetryClass.of(
                failed.phase(),
                connection == null ? 0 : connection.sentBytes(),
                responseBytes,
                exchange.response().hasBegun());
        boolean stale = Lookalikes.stale(failed, found, responseBytes);
        boolean suspect = Lookalikes.headTooLarge(failed, found, responseBytes, request, loop.now());
        suspects += suspect ? 1 : 0;
        boolean slow = !loop.isWaking() && Lookalikes.slowRoute(failed, found, loop.now());
        Failure failure = slow ? found.adding("not counted: others were answered, and the route may be slow") : found;
        failed(failed, failure, retryClass, stale || suspect || slow, stale);
    }

    /**
     * @param spared whether it does not count against the backend
     * @param fresh whether the next attempt has to have a new connection
     */
    private void failed(Attempt failed, Failure found, RetryClass retryClass, boolean spared, boolean fresh) {
        boolean waking = loop.isWaking(); // then it may be a consequence of this node's own absence
        Failure failure = waking ? found.adding("found when this node had just stood still, and not counted") : found;
        Outcome outcome = spared || waking ? new Outcome.Ignored(failure) : new Outcome.BackendFailure(failure);
        end(failed, outcome, AttemptEnd.of(failed, failure, retryClass, loop.now()));
        freshOnly = fresh;
        RetryDecision decision = decide(retryClass, failure.error());
        failed.decided(decision);
        if (decision == RetryDecision.RETRIED) {
            exchange.response().drop();
            again(failure.error());
        } else {
            pool.metrics().retry(failure.error(), RetryResult.of(decision));
            exchange.fail(failure.error(), failure.detail(), failure.rcode());
        }
    }

    /**
     * A backend's own answer may be none, or a reason to try another one; the client gets it if there is none.
     *
     * @return whether the attempt is over
     */
    boolean endedByAnswer(Attempt answered, HttpResponse head) {
        if (Lookalikes.unaskedTimeout(answered, head)) {
            boolean idle = answered.isReused(); // and its time was over just then
            answered.abandonConnection();
            failed(answered, statusOf(answered, ProxyError.CONNECTION_TERMINATED), RetryClass.R0, idle, true);
            return true;
        }
        boolean wanted = pool.config().retry().onStatus().contains(answered.status())
                && !head.headers().contains(HttpHeaderNames.RETRY_AFTER); // it asks to be left alone
        return wanted && retried(answered);
    }

    private static Failure statusOf(Attempt answered, ProxyError error) {
        return new Failure(error, Phase.RESPONSE_HEAD, null, "status " + answered.status());
    }

    private boolean retried(Attempt answered) {
        ProxyError error = ProxyError.DESTINATION_UNAVAILABLE;
        RetryDecision decision = decide(RetryClass.R2, error);
        if (decision != RetryDecision.RETRIED) {
            pool.metrics().retry(error, RetryResult.of(decision));
            return false;
        }
        Failure failure = statusOf(answered, error);
        AttemptEnd facts = AttemptEnd.of(answered, failure, RetryClass.R2, loop.now());
        answered.abandonConnection();
        answered.decided(decision);
        end(answered, new Outcome.Ignored(failure), facts);
        freshOnly = false;
        again(error);
        return true;
    }

    private void again(ProxyError reason) {
        retryReason = reason;
        request.again(record.attempts().size());
        next(false);
    }

    /** @param result null: nobody will ask how it went */
    void succeeded(Attempt answered, @Nullable Result result) {
        end(answered, SUCCESS, result == null ? null : AttemptEnd.of(answered, null, RetryClass.R3, loop.now()));
        if (result == Result.SAVED) {
            pool.metrics().saved();
        }
    }

    /** Ends what is under way, for a reason that does not lie with the backend. */
    void cancel() {
        if (place != null) {
            place.leave();
        }
        Attempt attempt = current;
        if (attempt != null) {
            AttemptEnd facts = AttemptEnd.of(attempt, null, RetryClass.R3, loop.now());
            attempt.abandonConnection();
            end(attempt, CLIENT_GONE, facts);
        }
        retryEnded(RetryResult.CLIENT_GONE);
    }

    private RetryDecision decide(RetryClass retryClass, ProxyError error) {
        long now = loop.now();
        if (exchange.timer().isTotalOver(now)) {
            return RetryDecision.NO_TIME_LEFT;
        }
        RetryPolicy.Failed failed = new RetryPolicy.Failed(
                retryClass,
                error,
                request.method(),
                suspects > 1,
                record.attempts().size(),
                request.isReplayable(),
                retryClass == RetryClass.R0 && anyUntried());
        return RetryPolicy.decide(pool.config().retry(), failed, pool.budget(), now);
    }

    private boolean anyUntried() {
        for (Eligibility.Tier tier : pool.backends().snapshot().eligible().tiers()) {
            for (Candidate candidate : tier.healthy()) {
                if (!attempted(candidate.backend())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Each attempt comes here once. */
    private void end(Attempt ending, Outcome outcome, @Nullable AttemptEnd facts) {
        current = null;
        request.stopStreaming();
        boolean failed = pool.ended(ending, outcome);
        if (!(outcome instanceof Outcome.ClientGone)) {
            retryEnded(failed ? RetryResult.FAILURE : RetryResult.SUCCESS);
        }
        ending.end(facts);
        pool.queue().wakeOne();
    }

    /** If an attempt had failed before, it is known now what became of the next one. */
    void retryEnded(RetryResult result) {
        ProxyError reason = retryReason;
        if (reason != null) {
            retryReason = null;
            pool.metrics().retry(reason, result);
        }
    }

    // ---- what a picker may know, and say

    @Override
    public int attempt() {
        return record.attempts().size();
    }

    @Override
    public boolean tried(Backend backend) {
        return attempted(backend) || (place != null && place.isFull(backend));
    }

    private boolean attempted(Backend backend) {
        List<Attempt> attempts = record.attempts();
        for (int i = 0; i < attempts.size(); i++) {
            if (attempts.get(i).backend() == backend) {
                return true;
            }
        }
        return false;
    }

    @Override
    public CharSequence clientAddress() {
        return record.client();
    }

    @Override
    public CharSequence target() {
        return request.target();
    }

    @Override
    public @Nullable CharSequence header(CharSequence name) {
        return request.headers().get(name);
    }

    @Override
    public void setCookie(String value) {
        setCookie = value;
    }

    /** Adds the cookie that the picker asked for. */
    void addCookie(HttpHeaders response) {
        if (setCookie != null) {
            response.add(HttpHeaderNames.SET_COOKIE, setCookie);
        }
    }
}
