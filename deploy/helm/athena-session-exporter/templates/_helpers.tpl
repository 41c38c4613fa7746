{{/* The names of objects. 44 characters leave room for "-of-1000", and for the hash that a StatefulSet adds in a label. */}}
{{- define "exporter.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $full .Values.fullnameOverride | trunc 44 | trimSuffix "-" -}}
{{- end }}

{{- define "exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "exporter.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "exporter.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Pods of two numbers of shards exist side by side during an upgrade, so that each workload selects its own. */}}
{{- define "exporter.workloadLabels" -}}
{{ include "exporter.selectorLabels" . }}
shards: {{ .Values.shards | quote }}
{{- end }}

{{- define "exporter.serviceAccountName" -}}
{{- $default := ternary (include "exporter.fullname" .) "default" .Values.serviceAccount.create -}}
{{- default $default .Values.serviceAccount.name -}}
{{- end }}

{{- define "exporter.image" -}}
{{- with .Values.image -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{ with .digest }}@{{ . }}{{ end }}
{{- end -}}
{{- end }}

{{/* Whether there is a configuration file: "true" or nothing. */}}
{{- define "exporter.hasConfigFile" -}}
{{- if or .Values.config .Values.existingConfigMap .Values.existingSecret }}true{{ end -}}
{{- end }}

{{/* The scheme of probes, monitors and reloads. */}}
{{- define "exporter.scheme" -}}
{{- ternary "https" "http" .Values.web.tls -}}
{{- end }}

{{/* Values that contradict each other. */}}
{{- define "exporter.validate" -}}
{{- with .Values }}
{{- if gt (len (compact (list (ternary "config" "" (not (empty .config))) .existingConfigMap .existingSecret))) 1 }}
{{- fail "config, existingConfigMap and existingSecret are three places for one configuration file: set one of them" }}
{{- end }}
{{- if and .demo (or (gt (int .shards) 1) (include "exporter.hasConfigFile" $)) }}
{{- fail "demo: true polls a simulated Athena, without a configuration file and without shards: remove config, existingConfigMap, existingSecret and shards" }}
{{- end }}
{{- if and .configReload (not (include "exporter.hasConfigFile" $)) }}
{{- fail "configReload: true needs a configuration file to watch: set config, existingConfigMap or existingSecret" }}
{{- end }}
{{- if and .configReload .web.existingSecret }}
{{- fail "configReload: true cannot be combined with web.existingSecret, as the sidecar has neither a password nor a certificate: restart the pods instead" }}
{{- end }}
{{- if and (not .web.existingSecret) (or .web.tls .web.clientCertificates .web.certificateSecret) }}
{{- fail "web.tls, web.clientCertificates and web.certificateSecret describe the file in web.existingSecret: set that too" }}
{{- end }}
{{- if and .web.clientCertificates (not .web.tls) }}
{{- fail "web.clientCertificates: true needs web.tls: true" }}
{{- end }}
{{- if and .serviceMonitor.enabled .podMonitor.enabled }}
{{- fail "serviceMonitor and podMonitor would scrape each pod twice: enable one of them" }}
{{- end }}
{{- end }}
{{- end }}
