# shellcheck shell=bash disable=SC2154
# What run_cluster says when all is there: commands to copy, indented by four spaces, each on a line of its own.

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
signed=$(printf '{"alg":"HS256"}' | base64url).$(printf '{"sub":"demo","jti":"demo","exp":%d}' $(($(date +%s) + 86400)) | base64url)
token=$signed.$(printf '%s' "$signed" | openssl dgst -sha256 -hmac "$JWT_SECRET_KEY" -binary | base64url)
stream="localhost:$port/_rig/v1/connection/sse?subscriptions=%5B%7B%22eventType%22%3A%22greeting%22%7D%5D"
last=$((port + 10 + nodes))
publish="curl -H 'content-type: application/cloudevents+json'"
event() { printf '{"specversion":"1.0","type":"greeting","source":"/try","id":"%s","data":"%s"}' "$1" "$2"; }

cat <<END

$nodes gateways act as one. Clients connect to localhost:$port, which is haproxy.
Their own ports: $((port + 1)) and on; their APIs: $((port + 11)) and on. Logs, and the process of each: $folder

Open a stream. Some node has it: x-node says which.

    curl -isN '$stream' | tee $folder/stream

In a second terminal, publish on the last node; the event arrives, wherever the stream is.

    $publish localhost:$last/v3/messages -d '$(event 1 hello)'

Kill the node that has the stream. The stream ends. Publish while nobody is there, on any node that is left.

    kill -9 \$(cat $folder/\$(sed -n 's/^x-node: \(node[1-9]\).*/\1/p' $folder/stream).pid)
    $publish localhost:$port/_rig/v1/events -d '$(event 2 "while you were away")'

Come back, as browsers do by themselves, with the id of the last event: another node goes on where that one was.

    curl -isN -H "last-event-id: \$(sed -n 's/^id: *//p' $folder/stream | tail -n 1 | tr -d '\r')" '$stream'

A session has a stream on some node. Cut it off on another node; the stream ends, and it cannot come back.

    curl -isN '$stream&jwt=$token'
    curl -H 'content-type: application/json' localhost:$last/v3/session-blacklist -d '{"sessionId":"demo","validityInSeconds":60}'

Stop a node as an upgrade does: it sends its clients to the others, and a new one takes its place.

    kill \$(cat $folder/node1.pid)

Ctrl-C ends all of it.
END
