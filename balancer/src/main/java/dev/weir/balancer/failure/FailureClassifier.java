package dev.weir.balancer.failure;

import io.netty.channel.ChannelException;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.ContentLengthNotAllowedException;
import io.netty.handler.codec.http.InvalidChunkExtensionException;
import io.netty.handler.codec.http.InvalidChunkTerminationException;
import io.netty.handler.codec.http.InvalidLineSeparatorException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http.TransferEncodingNotAllowedException;
import io.netty.handler.timeout.TimeoutException;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolverException;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.vertx.core.http.HttpClosedException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what an exception on the way to a backend means: by its class and by the kernel's error number, never by its
 * words, which differ between transports, kernels and languages. NIO hides more than the native transports do: there, a
 * forbidden connect (EACCES, EPERM) cannot be told from a lack of ports or routes.
 *
 * <p>Thread-safe; pure functions.
 */
public final class FailureClassifier {
    /** Longer chains of causes do not occur; a loop in one must not hang us. */
    private static final int MAX_CAUSES = 10;

    private FailureClassifier() {}

    /** For an attempt of which it is not known how much of the response had arrived: none, except in the body. */
    public static ProxyError classify(Throwable failure, Phase phase) {
        return classify(failure, phase, 0);
    }

    /**
     * What a failure means.
     *
     * @param failure a decoder's failed result must be wrapped in a {@link DecoderException}, or given to {@link #malformed}:
     *     Netty uses bare IllegalArgumentExceptions there, which could as well be bugs of this balancer
     * @param responseBytes bytes of the response that had arrived
     */
    public static ProxyError classify(Throwable failure, Phase phase, long responseBytes) {
        boolean responseBegun = responseBytes > 0 || phase == Phase.RESPONSE_BODY;
        ProxyError exact = exactInChain(failure, phase, responseBegun);
        if (exact != null) {
            return exact;
        }
        // Only now: Netty's annotated exceptions are mere SocketExceptions around the exact one.
        return failure instanceof IOException io
                ? withoutNumber(io, phase, responseBegun)
                : ProxyError.PROXY_INTERNAL_ERROR;
    }

    /**
     * What this node lacked, if that is why it failed.
     *
     * @return null: the cause lies elsewhere
     */
    public static @Nullable OwnFault ownFault(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++, cause = cause.getCause()) {
            int errno = Errno.of(cause);
            if (errno != Errno.NONE) {
                return ownFault(errno);
            }
            OwnFault fault = switch (cause) {
                case BindException _ -> OwnFault.PORTS;
                case ChannelException noSocket
                when noSocket.getCause() instanceof SocketException -> OwnFault.DESCRIPTORS;
                case OutOfMemoryError _ -> OwnFault.MEMORY;
                default -> null;
            };
            if (fault != null) {
                return fault;
            }
        }
        boolean unroutable = failure instanceof IOException io
                && withoutNumber(io, Phase.CONNECT, false) == ProxyError.DESTINATION_IP_UNROUTABLE
                && exactInChain(io, Phase.CONNECT, false) == null;
        return unroutable ? OwnFault.ROUTE : null;
    }

    private static @Nullable OwnFault ownFault(int errno) {
        return switch (errno) {
            case Errno.EMFILE, Errno.ENFILE -> OwnFault.DESCRIPTORS;
            case Errno.EADDRNOTAVAIL, Errno.EADDRINUSE, Errno.EAGAIN -> OwnFault.PORTS;
            case Errno.ENOMEM, Errno.ENOBUFS -> OwnFault.MEMORY;
            case Errno.EACCES, Errno.EPERM -> OwnFault.PERMISSION;
            case Errno.ENETUNREACH, Errno.ENETDOWN, Errno.EINVAL -> OwnFault.ROUTE;
            default -> null;
        };
    }

    /** Which error the deadline of a phase stands for. */
    public static ProxyError deadline(Phase phase) {
        return switch (phase) {
            case QUEUE -> ProxyError.CONNECTION_LIMIT_REACHED;
            case CONNECT -> ProxyError.CONNECTION_TIMEOUT;
            case REQUEST -> ProxyError.CONNECTION_WRITE_TIMEOUT;
            case RESPONSE_HEAD -> ProxyError.HTTP_RESPONSE_TIMEOUT;
            case RESPONSE_BODY -> ProxyError.CONNECTION_READ_TIMEOUT;
        };
    }

    /**
     * What the failed result of Netty's HTTP decoder means for a backend's response.
     *
     * @param cause as in {@code DecoderResult.cause()}
     */
    public static ProxyError malformed(Throwable cause, Phase phase) {
        boolean body = phase == Phase.RESPONSE_BODY;
        return switch (cause) {
            case TooLongHttpHeaderException _ ->
                body ? ProxyError.HTTP_RESPONSE_TRAILER_SECTION_SIZE : ProxyError.HTTP_RESPONSE_HEADER_SECTION_SIZE;
            case TooLongHttpLineException _ ->
                body ? ProxyError.HTTP_RESPONSE_TRANSFER_CODING : ProxyError.HTTP_RESPONSE_HEADER_SECTION_SIZE;
            case ContentLengthNotAllowedException _,
                    TransferEncodingNotAllowedException _,
                    InvalidChunkExtensionException _,
                    InvalidChunkTerminationException _ -> ProxyError.HTTP_RESPONSE_TRANSFER_CODING;
            case NumberFormatException _ when body -> ProxyError.HTTP_RESPONSE_TRANSFER_CODING; // a chunk's size
            case InvalidLineSeparatorException _ when body -> ProxyError.HTTP_RESPONSE_TRANSFER_CODING; // behind it
            case PrematureChannelClosureException _ -> ProxyError.HTTP_RESPONSE_INCOMPLETE;
            default -> ProxyError.HTTP_PROTOCOL_ERROR;
        };
    }

    private static @Nullable ProxyError exactInChain(Throwable failure, Phase phase, boolean responseBegun) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++, cause = cause.getCause()) {
            ProxyError exact = exact(cause, phase, responseBegun);
            if (exact != null) {
                return exact;
            }
        }
        return null;
    }

    private static @Nullable ProxyError exact(Throwable cause, Phase phase, boolean responseBegun) {
        int errno = Errno.of(cause);
        if (errno != Errno.NONE) {
            return byErrno(errno, phase, responseBegun);
        }
        return switch (cause) {
            case ProxyException own -> own.error();
            case DnsNameResolverTimeoutException _ -> ProxyError.DNS_TIMEOUT;
            case DnsNameResolverException _, DnsErrorCauseException _ -> ProxyError.DNS_ERROR;
            case UnknownHostException unknown ->
                causedByTimeout(unknown) ? ProxyError.DNS_TIMEOUT : ProxyError.DNS_ERROR;
            case ConnectTimeoutException _ -> ProxyError.CONNECTION_TIMEOUT;
            case ConnectException wrapper
            when wrapper.getCause() instanceof ConnectException -> null; // it may know more
            case ConnectException _ -> ProxyError.CONNECTION_REFUSED;
            case NoRouteToHostException _ -> ProxyError.DESTINATION_IP_UNROUTABLE;
            case BindException _ -> ProxyError.PROXY_RESOURCES_EXHAUSTED; // NIO: EADDRINUSE, EADDRNOTAVAIL (and EACCES)
            case ChannelException noSocket
            when noSocket.getCause() instanceof SocketException ->
                ProxyError.PROXY_RESOURCES_EXHAUSTED; // NIO: socket(2) failed
            case OutOfMemoryError _ -> ProxyError.PROXY_RESOURCES_EXHAUSTED;
            case TimeoutException _ -> deadline(phase);
            case java.util.concurrent.TimeoutException _ -> deadline(phase);
            case PrematureChannelClosureException _ -> closed(responseBegun);
            case ClosedChannelException _, HttpClosedException _ -> closed(responseBegun);
            case DecoderException decoder ->
                malformed(decoder.getCause() == null ? decoder : decoder.getCause(), phase);
            default -> null;
        };
    }

    private static boolean causedByTimeout(Throwable failure) {
        Throwable cause = failure.getCause();
        for (int i = 0; cause != null && i < MAX_CAUSES; i++, cause = cause.getCause()) {
            if (cause instanceof DnsNameResolverTimeoutException) {
                return true;
            }
        }
        return false;
    }

    private static ProxyError byErrno(int errno, Phase phase, boolean responseBegun) {
        return switch (errno) {
            case Errno.ECONNREFUSED -> ProxyError.CONNECTION_REFUSED;
            case Errno.ENETUNREACH, Errno.EHOSTUNREACH, Errno.EHOSTDOWN, Errno.ENETDOWN, Errno.EINVAL ->
                ProxyError.DESTINATION_IP_UNROUTABLE; // EINVAL: a blackhole route
            case Errno.ETIMEDOUT -> silent(phase);
            case Errno.ECONNRESET, Errno.EPIPE, Errno.ECONNABORTED, Errno.ENOTCONN -> closed(responseBegun);
            case Errno.EADDRNOTAVAIL,
                    Errno.EADDRINUSE,
                    Errno.EMFILE,
                    Errno.ENFILE,
                    Errno.ENOBUFS,
                    Errno.ENOMEM,
                    Errno.EAGAIN -> ProxyError.PROXY_RESOURCES_EXHAUSTED;
            default -> ProxyError.PROXY_INTERNAL_ERROR; // EACCES and EPERM, and what nobody has seen yet
        };
    }

    /** The other kernel acknowledges nothing any more: that is no slow application. */
    private static ProxyError silent(Phase phase) {
        return phase == Phase.RESPONSE_HEAD ? ProxyError.CONNECTION_READ_TIMEOUT : deadline(phase);
    }

    private static ProxyError closed(boolean responseBegun) {
        return responseBegun ? ProxyError.HTTP_RESPONSE_INCOMPLETE : ProxyError.CONNECTION_TERMINATED;
    }

    /**
     * NIO tells the error number in words only, and one class stands for many numbers. On a connection that stood, what is
     * left is a reset ("Connection reset", "Broken pipe"). While connecting there are two: our kernel finds no way (no route,
     * a blackhole) and says so at once, in connect(2); or a peer accepted and reset, which is found out later.
     */
    private static ProxyError withoutNumber(IOException failure, Phase phase, boolean responseBegun) {
        return switch (phase) {
            case QUEUE, CONNECT ->
                thrownByConnect(failure) ? ProxyError.DESTINATION_IP_UNROUTABLE : ProxyError.CONNECTION_TERMINATED;
            case REQUEST, RESPONSE_HEAD, RESPONSE_BODY -> closed(responseBegun);
        };
    }

    private static boolean thrownByConnect(Throwable failure) {
        Throwable cause = failure; // Netty's annotations carry no stack trace
        for (int i = 0; cause != null && i < MAX_CAUSES; i++, cause = cause.getCause()) {
            StackTraceElement[] frames = cause.getStackTrace();
            if (frames.length > 0 && frames[0].getMethodName().equals("connect0")) { // sun.nio.ch.Net
                return true;
            }
        }
        return false;
    }
}
