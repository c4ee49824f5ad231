package dev.weir.balancer.doctor;

import dev.weir.balancer.incident.Amount;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a running balancer thinks of the backend, by its admin port, and whether it sees what was seen here. */
final class BalancerCheck {
    /** Of a list of incidents, so many are worth a line each. */
    private static final int MAX_INCIDENTS = 3;

    private final Plan plan;
    private final Dialer dialer;
    private final URI admin;

    /** @param dialer knows how much time is left */
    BalancerCheck(Plan plan, Dialer dialer, URI admin) {
        this.plan = plan;
        this.dialer = dialer;
        this.admin = admin;
    }

    /**
     * @param address that was examined; null if there is none
     * @param works whether nothing wrong was found with the backend
     * @return whether a balancer answered
     */
    boolean check(@Nullable InetAddress address, @Nullable StageReport naming, boolean works, Findings findings) {
        try {
            JsonObject pools = get("/api/pools");
            findings.fact("admin", admin.toString());
            List<JsonObject> known = new ArrayList<>();
            for (Object pool : pools.getJsonArray("pools", new JsonArray())) {
                add((JsonObject) pool, address, known);
            }
            findings.fact("backends", known.stream().map(JsonObject::getMap).toList());
            if (known.isEmpty()) {
                findings.ok(
                        "not-its-backend",
                        "The balancer at " + admin + " has no backend "
                                + plan.target().authority() + ".");
            }
            for (JsonObject backend : known) {
                compare(backend, works, findings);
                addresses(backend, naming, findings);
            }
            incidents(known, findings);
            return true;
        } catch (IOException e) {
            return noBalancer(String.valueOf(e.getMessage()), findings);
        } catch (ClassCastException _) {
            return noBalancer("/api/pools answered JSON that a balancer does not write", findings);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean noBalancer(String why, Findings findings) {
        findings.warning(
                "no-balancer",
                "No balancer answers at " + admin + ": " + why + ".",
                "Check --admin: it is the address of admin.address in the balancer's configuration.");
        return false;
    }

    private JsonObject get(String path) throws IOException, InterruptedException {
        AdminPort.Reply reply = new AdminPort(admin, dialer.step().left()).get(path);
        if (reply.status() != 200) {
            throw new IOException(path + " answered " + reply.status());
        }
        try {
            if (Json.decodeValue(reply.body()) instanceof JsonObject object) {
                return object;
            }
        } catch (DecodeException e) {
            throw new IOException(path + " answered something that is no JSON", e);
        }
        throw new IOException(path + " answered JSON that is no object");
    }

    /** Under the same name, or at the address that was examined. */
    private void add(JsonObject pool, @Nullable InetAddress address, List<JsonObject> known) {
        Set<String> ids = new LinkedHashSet<>();
        ids.add(plan.target().authority().toLowerCase(Locale.ROOT));
        if (address != null) {
            ids.add(at(address));
        }
        for (Object each : pool.getJsonArray("backends", new JsonArray())) {
            JsonObject backend = (JsonObject) each;
            if (ids.contains(backend.getString("id", "").toLowerCase(Locale.ROOT))) {
                known.add(backend.copy().put("pool", pool.getString("name", "")));
            }
        }
    }

    private String at(InetAddress address) {
        String ip = Addresses.text(address);
        return (ip.indexOf(':') < 0 ? ip : "[" + ip + "]") + ":" + plan.target().port();
    }

    private static void compare(JsonObject backend, boolean works, Findings findings) {
        String name = backend.getString("id", "") + " of pool " + backend.getString("pool", "");
        String admin = backend.getString("admin", "enabled");
        boolean out = !backend.getBoolean("usable", true);
        if (!admin.equals("enabled")) {
            findings.warning(
                    "taken-out", "In the balancer, " + name + " is " + admin + ".", "Enable it there, if it is well.");
        } else if (out && works) {
            findings.problem(
                    "only-the-balancer",
                    "Only the balancer sees " + name + " as down (" + state(backend) + "); from here it works.",
                    "Look there: at the path of its health check, at its route and firewall if it runs on another host,"
                            + " and at what its real requests fail with.");
        } else if (out) {
            findings.ok("both-see-it", "The balancer, too, sees " + name + " as down (" + state(backend) + ").");
        } else if (!works) {
            findings.warning(
                    "balancer-unaware",
                    "The balancer takes " + name + " for usable (" + state(backend) + "), though it fails from here.",
                    "It may not have noticed yet, or the fault is on the way from here; compare where both run. Without"
                            + " health.active, only failing requests tell it.");
        } else {
            findings.ok("balancer-agrees", "The balancer uses " + name + " (" + state(backend) + ").");
        }
    }

    private static String state(JsonObject backend) {
        List<String> words = new ArrayList<>();
        words.add("health " + backend.getString("health", "unknown"));
        if (backend.getBoolean("ejected", false)) {
            words.add("ejected for another " + Amount.time(backend.getLong("ejected_for_ms", 0L) * 1_000_000));
        }
        long row = backend.getLong("consecutive_failures", 0L);
        if (row > 0) {
            words.add(Amount.count(row, "failure") + " in a row");
        }
        JsonObject failures = backend.getJsonObject("failures", new JsonObject());
        for (String type : new TreeSet<>(failures.fieldNames())) {
            words.add(failures.getValue(type) + " " + type);
        }
        return String.join(", ", words);
    }

    /** Where the balancer has resolved the name itself. */
    private void addresses(JsonObject backend, @Nullable StageReport naming, Findings findings) {
        Set<String> there = new TreeSet<>();
        for (Object each : backend.getJsonArray("addresses", new JsonArray())) {
            there.add(Addresses.normal(String.valueOf(each)));
        }
        Set<String> here = new TreeSet<>();
        if (naming != null && naming.facts().get("addresses") instanceof List<?> list) {
            list.forEach(each -> here.add(String.valueOf(each)));
        }
        boolean sameName =
                backend.getString("id", "").equalsIgnoreCase(plan.target().authority());
        if (sameName && !there.isEmpty() && !here.isEmpty() && !there.equals(here)) {
            findings.warning(
                    "other-addresses",
                    "The balancer has " + String.join(", ", there) + " for "
                            + plan.target().host() + "; here it is " + String.join(", ", here) + ".",
                    "It keeps an answer for its TTL; if that goes on, compare the resolvers of both.");
        }
    }

    /** Older balancers have none: then there is nothing to say. */
    private void incidents(List<JsonObject> known, Findings findings) throws InterruptedException {
        List<Object> facts = new ArrayList<>();
        try {
            JsonArray incidents = get("/api/incidents").getJsonArray("incidents", new JsonArray());
            for (Object each : incidents) {
                JsonObject incident = (JsonObject) each;
                if (known.stream().anyMatch(backend -> isAbout(incident, backend))) {
                    facts.add(incident.getMap());
                    if (facts.size() <= MAX_INCIDENTS) {
                        String id = incident.getString("id", "");
                        findings.ok("incident", "Incident " + id + ", " + line(incident), "weir explain " + id);
                    }
                }
            }
        } catch (IOException | ClassCastException _) {
            return;
        }
        findings.fact("incidents", facts);
    }

    private static boolean isAbout(JsonObject incident, JsonObject backend) {
        return backend.getString("id", "").equals(incident.getString("backend"))
                && backend.getString("pool", "").equals(incident.getString("pool"));
    }

    private static String line(JsonObject incident) {
        return Amount.count(incident.getLong("count", 0L), "request") + ", the last one at "
                + incident.getString("last_seen", "?") + ": " + incident.getString("finding", "");
    }
}
