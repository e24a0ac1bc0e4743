package api

import (
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

const (
	kafka  = "spec.source.kafka."
	format = "spec.source.format."
	batch  = "spec.source.batch."
)

// csv makes the minimal object one of CSV records.
var csv = edit{
	format + "type": "CSV",
	format + "csv":  value(`{columns: [date, day, price, class]}`),
}

// ruleCase is an object and the words, all of them, with which it is refused; none: it is accepted.
type ruleCase struct {
	edits []edit
	want  []string
}

// run sends every case to the API server without keeping it.
func run(t *testing.T, cases map[string]ruleCase) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			err := dryRun(t.Context(), apiServer(t), object(t, tc.edits...))
			if len(tc.want) == 0 {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			if !apierrors.IsInvalid(err) {
				t.Fatalf("got error %v, want one of validation", err)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("refused with %q, which lacks %q", err, want)
				}
			}
		})
	}
}

func TestErrorsAndResidency(t *testing.T) {
	const topic, residency = "spec.source.onError", "spec.state.residency"
	run(t, map[string]ruleCase{
		"a topic of dead letters":         {edits: []edit{{topic: value(`{deadLetterTopic: dead-letters.v1}`)}}},
		"a topic with a space":            {[]edit{{topic: value(`{deadLetterTopic: "a b"}`)}}, []string{topic + ".deadLetterTopic"}},
		"the topic that is read":          {[]edit{{topic: value(`{deadLetterTopic: elec2}`), kafka + "topic": "elec2"}}, []string{"another topic than kafka.topic"}},
		"a delivery":                      {edits: []edit{{"spec.delivery": "Push"}}},
		"a delivery that does not exist":  {[]edit{{"spec.delivery": "Pigeon"}}, []string{"spec.delivery", "Push"}},
		"records lost":                    {edits: []edit{{topic: value(`{recordsLost: Continue}`)}}},
		"a greatest age of records":       {edits: []edit{{topic: value(`{maxRecordAge: 24h}`)}}},
		"a greatest age, too short":       {[]edit{{topic: value(`{maxRecordAge: 59s}`)}}, []string{"maxRecordAge must be from 1m to 8760h"}},
		"a greatest age, too long":        {[]edit{{topic: value(`{maxRecordAge: 8761h}`)}}, []string{"maxRecordAge must be from 1m to 8760h"}},
		"a greatest age, no duration":     {[]edit{{topic: value(`{maxRecordAge: 1d}`)}}, []string{"maxRecordAge"}},
		"records lost, another policy":    {[]edit{{topic: value(`{recordsLost: Ignore}`)}}, []string{"recordsLost", "Continue"}},
		"a consumer group":                {edits: []edit{{kafka + "consumerGroup": "watched"}}},
		"a consumer group without a name": {[]edit{{kafka + "consumerGroup": ""}}, []string{kafka + "consumerGroup"}},
		"a compacted topic":               {edits: []edit{{kafka + "compacted": "Allow"}}},
		"a compacted topic, no such word": {[]edit{{kafka + "compacted": "Perhaps"}}, []string{kafka + "compacted", "Refuse"}},
		"a residency":                     {edits: []edit{{residency: "PerInvocation"}}},
		"a residency that does not exist": {[]edit{{residency: "Forever"}}, []string{residency, "Resident"}},
	})
}

func TestObject(t *testing.T) {
	run(t, map[string]ruleCase{
		"minimal":                          {},
		"name of 40 characters":            {edits: []edit{{"metadata.name": strings.Repeat("a", 40)}}},
		"name of 41 characters":            {[]edit{{"metadata.name": strings.Repeat("a", 41)}}, []string{"at most 40 characters"}},
		"name with a dot":                  {[]edit{{"metadata.name": "a.b"}}, []string{"DNS label"}},
		"name that begins with a digit":    {[]edit{{"metadata.name": "1a"}}, []string{"begins with a letter"}},
		"lineage 0":                        {[]edit{{"spec.lineage": int64(0)}}, []string{"spec.lineage", "greater than or equal to 1"}},
		"without a source":                 {[]edit{{"spec.source": nil}}, []string{"spec.source", "Required"}},
		"without a model":                  {[]edit{{"spec.model": nil}}, []string{"spec.model", "Required"}},
		"without a state":                  {[]edit{{"spec.state": nil}}, []string{"spec.state", "Required"}},
		"two workers":                      {[]edit{{"spec.parallelism.workers": int64(2)}}, []string{"spec.parallelism.workers"}},
		"suspended":                        {edits: []edit{{"spec.suspend": true}}},
		"unknown algorithm":                {[]edit{{"spec.model.algorithm": "Oracle"}}, []string{"spec.model.algorithm", `"LogisticRegression"`}},
		"unknown task":                     {[]edit{{"spec.model.task": "Clustering"}}, []string{"spec.model.task"}},
		"parameters and scaling":           {edits: []edit{{"spec.model": value(`{algorithm: LogisticRegression, seed: -3, parameters: {learningRate: "0.005"}, preprocessing: [{type: StandardScaler}]}`)}}},
		"unknown preprocessing":            {[]edit{{"spec.model.preprocessing": value(`[{type: Magic}]`)}}, []string{"spec.model.preprocessing[0].type"}},
		"labels and annotations":           {edits: []edit{{"spec.trainer": value(`{labels: {team: a}, annotations: {"example.com/a": b}}`)}}},
		"label of Knative":                 {[]edit{{"spec.trainer.labels": value(`{networking.knative.dev/visibility: public}`)}}, []string{"spec.trainer.labels", "Creek sets those"}},
		"label of Creek":                   {[]edit{{"spec.trainer.labels": value(`{training.creek.dev/name: other}`)}}, []string{"Creek sets those"}},
		"label of managed-by":              {[]edit{{"spec.trainer.labels": value(`{app.kubernetes.io/managed-by: me}`)}}, []string{"Creek sets those"}},
		"annotation of Knative":            {[]edit{{"spec.trainer.annotations": value(`{autoscaling.knative.dev/max-scale: "9"}`)}}, []string{"spec.trainer.annotations", "Creek sets those"}},
		"no CPU":                           {[]edit{{"spec.trainer.cpu": "0"}}, []string{"spec.trainer.cpu", "1m to 1k"}},
		"CPU as a number":                  {edits: []edit{{"spec.trainer.cpu": int64(2)}}},
		"two baselines":                    {[]edit{{"spec.baseline": value(`{replicas: 2}`)}}, []string{"spec.baseline.replicas"}},
		"baseline":                         {edits: []edit{{"spec.baseline": value(`{}`)}}},
		"baseline with too little memory":  {[]edit{{"spec.baseline": value(`{resources: {memory: 8Mi}}`)}}, []string{"spec.baseline.resources.memory", "16Mi to 1Ti"}},
		"baseline with a part of a byte":   {[]edit{{"spec.baseline": value(`{resources: {memory: "99999999.5"}}`)}}, []string{"whole number of bytes"}},
		"idle window of an hour":           {edits: []edit{{"spec.scaling.idleWindow": "1h"}}},
		"idle window of 5s":                {[]edit{{"spec.scaling.idleWindow": "5s"}}, []string{"spec.scaling.idleWindow", "whole seconds from 6s to 1h"}},
		"idle window of a half second":     {[]edit{{"spec.scaling.idleWindow": "6500ms"}}, []string{"whole seconds"}},
		"idle window of more than an hour": {[]edit{{"spec.scaling.idleWindow": "3601s"}}, []string{"whole seconds from 6s to 1h"}},
		"idle window without a unit":       {[]edit{{"spec.scaling.idleWindow": "10"}}, []string{"spec.scaling.idleWindow", "should match"}},
	})
}

func TestKafka(t *testing.T) {
	run(t, map[string]ruleCase{
		"IPv6 and a second broker":    {edits: []edit{{kafka + "bootstrapServers": value(`["[::1]:9092", "b-1.kafka.example.com:9094"]`)}}},
		"no broker":                   {[]edit{{kafka + "bootstrapServers": value(`[]`)}}, []string{"bootstrapServers", "at least 1 items"}},
		"broker without a port":       {[]edit{{kafka + "bootstrapServers": value(`[kafka]`)}}, []string{"bootstrapServers[0]", "should match"}},
		"broker as a URL":             {[]edit{{kafka + "bootstrapServers": value(`["kafka://a:9092"]`)}}, []string{"bootstrapServers[0]", "should match"}},
		"a broker twice":              {[]edit{{kafka + "bootstrapServers": value(`["a:1", "a:1"]`)}}, []string{"bootstrapServers[1]", "Duplicate"}},
		"topic with a slash":          {[]edit{{kafka + "topic": "a/b"}}, []string{"spec.source.kafka.topic", "should match"}},
		"topic '..'":                  {[]edit{{kafka + "topic": ".."}}, []string{"topic must not be '.' or '..'"}},
		"topic of 250 characters":     {[]edit{{kafka + "topic": strings.Repeat("a", 250)}}, []string{"topic", "249"}},
		"from the latest":             {edits: []edit{{kafka + "startPosition": "Latest"}}},
		"from a time":                 {edits: []edit{{kafka + "startPosition": "Timestamp", kafka + "startTimestamp": "2026-01-02T03:04:05Z"}}},
		"from no time":                {[]edit{{kafka + "startPosition": "Timestamp"}}, []string{"startTimestamp is required"}},
		"a time that is not used":     {[]edit{{kafka + "startTimestamp": "2026-01-02T03:04:05Z"}}, []string{"startTimestamp", "only then"}},
		"from the middle":             {[]edit{{kafka + "startPosition": "Middle"}}, []string{"startPosition", `"Earliest", "Latest", "Timestamp"`}},
		"TLS with the image's roots":  {edits: []edit{{kafka + "tls": value(`{}`)}}},
		"TLS with certificates":       {edits: []edit{{kafka + "tls": value(`{caRef: {name: ca, key: root.pem}, certRef: {name: me}}`)}}},
		"CA without a name":           {[]edit{{kafka + "tls": value(`{caRef: {key: a}}`)}}, []string{"spec.source.kafka.tls.caRef.name", "Required"}},
		"SASL":                        {edits: []edit{{kafka + "sasl": value(`{mechanism: SCRAM-SHA-512, secretRef: {name: user}}`)}}},
		"SASL without a Secret":       {[]edit{{kafka + "sasl": value(`{mechanism: PLAIN}`)}}, []string{"spec.source.kafka.sasl.secretRef", "Required"}},
		"SASL of an unknown kind":     {[]edit{{kafka + "sasl": value(`{mechanism: GSSAPI, secretRef: {name: user}}`)}}, []string{"sasl.mechanism", `"PLAIN"`}},
		"smallest batch":              {edits: []edit{{batch + "maxRecords": int64(1), batch + "maxBytes": "1Ki", batch + "window": "0s"}}},
		"batch bytes as a number":     {edits: []edit{{batch + "maxBytes": int64(4096)}}},
		"batch of no record":          {[]edit{{batch + "maxRecords": int64(0)}}, []string{"spec.source.batch.maxRecords"}},
		"batch of too many records":   {[]edit{{batch + "maxRecords": int64(1000001)}}, []string{"spec.source.batch.maxRecords"}},
		"batch of too many bytes":     {[]edit{{batch + "maxBytes": "65Mi"}}, []string{"spec.source.batch.maxBytes", "1Ki to 64Mi"}},
		"batch of too few bytes":      {[]edit{{batch + "maxBytes": int64(1000)}}, []string{"1Ki to 64Mi"}},
		"batch bytes not a quantity":  {[]edit{{batch + "maxBytes": "4 MB"}}, []string{"spec.source.batch.maxBytes"}},
		"batch with a negative wait":  {[]edit{{batch + "window": "-1s"}}, []string{"spec.source.batch.window"}},
		"batch with too long a wait":  {[]edit{{batch + "window": "61m"}}, []string{"window must be from 0s to 1h"}},
		"batch with a strange window": {[]edit{{batch + "window": "1 day"}}, []string{"spec.source.batch.window", "should match"}},
	})
}

func TestFormat(t *testing.T) {
	run(t, map[string]ruleCase{
		"nested paths":                 {edits: []edit{{format + "features": value(`[{name: a, path: x.a}, {name: b, path: x.b, type: Numeric}]`)}}},
		"without features":             {[]edit{{format + "features": value(`[]`)}}, []string{"spec.source.format.features"}},
		"a feature twice":              {[]edit{{format + "features": value(`[{name: a}, {name: a, path: b}]`)}}, []string{"features[1]", "Duplicate"}},
		"text feature":                 {[]edit{{format + "features": value(`[{name: a, type: Text}]`)}}, []string{"features[0].type", `"Numeric"`}},
		"without a label":              {[]edit{{format + "label": nil}}, []string{"spec.source.format.label", "label is required"}},
		"label as a feature":           {[]edit{{format + "features": value(`[{name: day}, {name: class}]`)}}, []string{"label must not be a feature"}},
		"label as a feature's path":    {[]edit{{format + "features": value(`[{name: day, path: class}]`)}}, []string{"label must not be a feature"}},
		"feature named like the label": {edits: []edit{{format + "features": value(`[{name: class, path: other}]`)}}},
		"classes":                      {edits: []edit{{format + "classes": value(`[DOWN, UP]`)}}},
		"one class":                    {[]edit{{format + "classes": value(`[UP]`)}}, []string{"classes", "at least 2 items"}},
		"three classes":                {[]edit{{format + "classes": value(`[A, B, C]`)}}, []string{"spec.source.format.classes", "exactly two classes"}},
		"three classes for a margin":   {[]edit{{"spec.model.algorithm": "Perceptron", "spec.model.parameters": nil, format + "classes": value(`[A, B, C]`)}}, []string{"exactly two classes", "OneVsRest"}},
		"three classes for a tree":     {edits: []edit{{"spec.model.algorithm": "HoeffdingTree", "spec.model.parameters": nil, format + "classes": value(`[A, B, C]`)}}},
		"classes for a detector":       {edits: []edit{{"spec.model.algorithm": "LODA", "spec.model.task": nil, "spec.model.parameters": nil, format + "classes": value(`[usual, odd]`)}}},
		"three for a detector":         {[]edit{{"spec.model.algorithm": "LODA", "spec.model.task": nil, "spec.model.parameters": nil, format + "classes": value(`[usual, odd, fraud]`)}}, []string{"two classes at most"}},
		"a class twice":                {[]edit{{format + "classes": value(`[UP, UP]`)}}, []string{"classes[1]", "Duplicate"}},
		"CSV":                          {edits: []edit{csv}},
		"CSV with semicolons":          {edits: []edit{csv, {format + "csv.delimiter": ";"}}},
		"CSV with quotes between":      {[]edit{csv, {format + "csv.delimiter": `"`}}, []string{"delimiter must not be a quote"}},
		"CSV with line ends between":   {[]edit{csv, {format + "csv.delimiter": "\n"}}, []string{"delimiter must not be a quote or a line end"}},
		"CSV with two delimiters":      {[]edit{csv, {format + "csv.delimiter": ";;"}}, []string{"csv.delimiter"}},
		"CSV without columns":          {[]edit{{format + "type": "CSV"}}, []string{"csv is required when type is CSV"}},
		"CSV columns of JSON records":  {[]edit{csv, {format + "type": "JSON"}}, []string{"csv is required when type is CSV, and only then"}},
		"CSV without the label":        {[]edit{csv, {format + "label": "target"}}, []string{"spec.source.format.label", "one of csv.columns"}},
		"CSV without a feature":        {[]edit{csv, {format + "features": value(`[{name: day}, {name: demand}]`)}}, []string{"every feature's path", "one of csv.columns"}},
		"CSV feature by its path":      {edits: []edit{csv, {format + "features": value(`[{name: other, path: date}]`)}}},
		"a CSV column twice":           {[]edit{csv, {format + "csv.columns": value(`[day, day, price, class]`)}}, []string{"columns[1]", "Duplicate"}},
		"unknown format":               {[]edit{{format + "type": "XML"}}, []string{"spec.source.format.type", `"JSON", "CSV"`}},
	})
}

func TestStateAndMemory(t *testing.T) {
	const redis = "spec.state.redis."
	run(t, map[string]ruleCase{
		"Redis with TLS and a password": {edits: []edit{{redis + "tls": value(`{caRef: {name: ca}}`), redis + "secretRef": value(`{name: redis}`)}}},
		"Redis without an address":      {[]edit{{"spec.state.redis": value(`{}`)}}, []string{"spec.state.redis.address", "Required"}},
		"Redis as a URL":                {[]edit{{redis + "address": "redis://a:6379"}}, []string{"spec.state.redis.address", "should match"}},
		"Redis without its settings":    {[]edit{{"spec.state.redis": nil}}, []string{"redis is required when type is Redis"}},
		"unknown store":                 {[]edit{{"spec.state.type": "Paper"}}, []string{"spec.state.type", `"Redis", "S3"`}},
		"deletion deletes":              {edits: []edit{{"spec.state.deletionPolicy": "Delete"}}},
		"deletion forgets":              {[]edit{{"spec.state.deletionPolicy": "Forget"}}, []string{"deletionPolicy", `"Delete", "Retain"`}},
		"checkpoint after each record":  {edits: []edit{{"spec.state.checkpoint": value(`{everyRecords: 1, interval: 1s}`)}}},
		"checkpoint after no record":    {[]edit{{"spec.state.checkpoint": value(`{everyRecords: 0}`)}}, []string{"checkpoint.everyRecords"}},
		"checkpoint all the time":       {[]edit{{"spec.state.checkpoint": value(`{interval: 100ms}`)}}, []string{"interval must be from 1s to 1h"}},
		"memory within bounds":          {edits: []edit{{"spec.memory": value(`{mode: Advise, initial: 128Mi, min: 64Mi, max: 256Mi, margin: 35%}`)}}},
		"memory in other units":         {edits: []edit{{"spec.memory": value(`{initial: 1Gi, min: 1024Mi, max: 1073741824}`)}}},
		"memory below min":              {[]edit{{"spec.memory": value(`{initial: 64Mi, min: 100M}`)}}, []string{"spec.memory.initial", "must not be below min"}},
		"memory below the default min":  {[]edit{{"spec.memory": value(`{initial: 20Mi}`)}}, []string{"must not be below min (default 32Mi)"}},
		"memory above max":              {[]edit{{"spec.memory": value(`{initial: 128Mi, max: 127Mi}`)}}, []string{"spec.memory.initial", "must not be above max"}},
		"memory above the default max":  {[]edit{{"spec.memory": value(`{initial: 2Gi}`)}}, []string{"must not be above max (default 1Gi)"}},
		"min above max":                 {[]edit{{"spec.memory": value(`{initial: 128Mi, min: 200Mi, max: 100Mi}`)}}, []string{"must not be"}},
		"min of nearly nothing":         {[]edit{{"spec.memory": value(`{min: 1Mi}`)}}, []string{"spec.memory.min", "at least 16Mi"}},
		"max of nearly everything":      {[]edit{{"spec.memory": value(`{max: 2Ti}`)}}, []string{"spec.memory.max", "at most 1Ti"}},
		"memory in millibytes":          {[]edit{{"spec.memory": value(`{initial: 99999999999m}`)}}, []string{"initial must be a whole number of bytes"}},
		"memory that is no quantity":    {[]edit{{"spec.memory": value(`{initial: much}`)}}, []string{"spec.memory.initial"}},
		"margin without a unit":         {[]edit{{"spec.memory": value(`{margin: "20"}`)}}, []string{"spec.memory.margin"}},
		"margin of 500%":                {[]edit{{"spec.memory": value(`{margin: 500%}`)}}, []string{"spec.memory.margin"}},
		"unknown memory mode":           {[]edit{{"spec.memory": value(`{mode: Guess}`)}}, []string{"spec.memory.mode", `"Off", "Advise", "Auto"`}},
	})
}

func TestS3(t *testing.T) {
	onS3 := edit{"spec.state": value(`{type: S3, s3: {endpoint: "https://s3.eu-central-1.amazonaws.com", bucket: models}}`)}
	const s3 = "spec.state.s3."
	run(t, map[string]ruleCase{
		"Amazon's":                 {edits: []edit{onS3, {s3 + "region": "eu-central-1"}}},
		"all there is":             {edits: []edit{onS3, {s3 + "prefix": "team/creek", s3 + "tls": value(`{caRef: {name: ca}}`), s3 + "secretRef": value(`{name: keys}`)}}},
		"in clear":                 {edits: []edit{onS3, {s3 + "endpoint": "http://minio.minio:9000"}}},
		"IPv6":                     {edits: []edit{onS3, {s3 + "endpoint": "http://[fd00::1]:9000"}}},
		"without its settings":     {[]edit{onS3, {"spec.state.s3": nil}}, []string{"spec.state.s3", "s3 is required when type is S3"}},
		"settings of Redis":        {[]edit{onS3, {"spec.state.redis": value(`{address: "redis:6379"}`)}}, []string{"spec.state.redis", "for type Redis only"}},
		"settings beside Redis":    {[]edit{{"spec.state.s3": value(`{endpoint: "http://a", bucket: abc}`)}}, []string{"spec.state.s3", "only then"}},
		"without an endpoint":      {[]edit{onS3, {s3 + "endpoint": nil}}, []string{s3 + "endpoint", "Required"}},
		"endpoint without a kind":  {[]edit{onS3, {s3 + "endpoint": "minio:9000"}}, []string{s3 + "endpoint", "should match"}},
		"endpoint with a path":     {[]edit{onS3, {s3 + "endpoint": "https://minio/models"}}, []string{s3 + "endpoint", "should match"}},
		"endpoint with a password": {[]edit{onS3, {s3 + "endpoint": "https://me:secret@minio"}}, []string{s3 + "endpoint", "should match"}},
		"without a bucket":         {[]edit{onS3, {s3 + "bucket": nil}}, []string{s3 + "bucket", "Required"}},
		"bucket in capitals":       {[]edit{onS3, {s3 + "bucket": "Models"}}, []string{s3 + "bucket", "should match"}},
		"region with a slash":      {[]edit{onS3, {s3 + "region": "eu/1"}}, []string{s3 + "region", "should match"}},
		"prefix with a slash":      {[]edit{onS3, {s3 + "prefix": "team/"}}, []string{s3 + "prefix", "should match"}},
		"prefix that climbs":       {[]edit{onS3, {s3 + "prefix": "team/.."}}, []string{s3 + "prefix", "should match"}},
		"authority of no TLS":      {[]edit{onS3, {s3 + "endpoint": "http://minio", s3 + "tls": value(`{}`)}}, []string{s3 + "tls", "https://"}},
	})
}
