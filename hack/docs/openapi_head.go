package main

// openapiHead is what the code of history does not tell: the paths, and which statuses each has; ANSWER is the
// content of an answer.
const openapiHead = `openapi: 3.1.0
info:
  title: Creek trainer
  version: v1
  description: >-
    What a dispatcher and whoever looks on ask of a trainer. A trainer that learns serves /v1/train; one that dispatches to itself, a
    baseline, serves /v1/facts in its place. Requests are idempotent: one that was learned before is answered with where the model is.
paths:
  /readyz:
    get:
      operationId: ready
      summary: Tells that the trainer listens. Nothing else was tried yet; a preflight does that.
      responses:
        "200": {description: It listens.}
  /metrics:
    get:
      operationId: metrics
      summary: Metrics in the text format of Prometheus.
      responses:
        "200":
          description: The metrics.
          content:
            text/plain: {schema: {type: string}}
  /v1/facts:
    get:
      operationId: facts
      summary: What a baseline's dispatcher knows of its training.
      security: [{token: []}]
      responses:
        "200":
          description: The facts.
          content:
            application/json: {schema: {$ref: "#/components/schemas/Facts"}}
        "401": {$ref: "#/components/responses/Denied"}
        "503": {$ref: "#/components/responses/Later"}
  /v1/train:
    post:
      operationId: train
      summary: Learns slices, saves what is unsaved (Flush), or opens Kafka and the state store to see whether they can be (Preflight).
      security: [{token: []}]
      requestBody:
        required: true
        description: At most 8 MiB, which must arrive within 30 s.
        content:
          application/json: {schema: {$ref: "#/components/schemas/Request"}}
      responses:
        "200": {description: "Done, perhaps in part: position tells how far.", content: ANSWER}
        "400": {description: The request cannot be read or belongs to another training., content: ANSWER}
        "401": {$ref: "#/components/responses/Denied"}
        "408": {description: The body did not arrive in time., content: ANSWER}
        "409": {description: "The model is elsewhere, at position: send what follows from there.", content: ANSWER}
        "413": {description: The body is too large., content: ANSWER}
        "422": {description: The problem stops the training until a person acts., content: ANSWER}
        "429": {$ref: "#/components/responses/Later"}
        "503": {$ref: "#/components/responses/Later"}
        "507": {$ref: "#/components/responses/Later"}
components:
  securitySchemes:
    token: {type: http, scheme: bearer, description: The training's token.}
  responses:
    Denied:
      description: The bearer token is missing or wrong.
      headers:
        WWW-Authenticate: {required: true, schema: {type: string, const: Bearer}}
      content: ANSWER
    Later:
      description: >-
        Repeat the request after a while: another one is being worked on (429), something cannot be reached (503), or the memory does not
        suffice and memory.needed says what would (507).
      headers:
        Retry-After: {required: true, description: Seconds., schema: {type: integer, minimum: 1}}
      content: ANSWER
  schemas:
`
