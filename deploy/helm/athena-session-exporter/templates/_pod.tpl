{{/* The pod template of the Deployment and of the StatefulSet. */}}
{{- define "exporter.podTemplate" -}}
metadata:
  labels:
    # Without the chart's version, so that an upgrade of the chart alone restarts nothing and keeps counters.
    {{- include "exporter.workloadLabels" . | nindent 4 }}
    {{- with merge (dict) .Values.podLabels .Values.commonLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- $hasChecksum := and .Values.config (not .Values.configReload) }}
  {{- if or $hasChecksum .Values.podAnnotations }}
  annotations:
    {{- if $hasChecksum }}
    checksum/config: {{ toYaml .Values.config | sha256sum }}
    {{- end }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
spec:
  serviceAccountName: {{ include "exporter.serviceAccountName" . }}
  # The exporter does not use the Kubernetes API; IRSA and EKS Pod Identity mount tokens of their own.
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: 10
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.podSecurityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.initContainers }}
  initContainers:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    {{- include "exporter.container" . | nindent 4 }}
    {{- if .Values.configReload }}
    {{- include "exporter.reloader" . | nindent 4 }}
    {{- end }}
    {{- with .Values.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with include "exporter.volumes" . | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- range . }}
    {{- $selector := dict "labelSelector" (dict "matchLabels" (include "exporter.workloadLabels" $ | fromYaml)) }}
    - {{- toYaml (merge (deepCopy .) $selector) | nindent 6 }}
    {{- end }}
  {{- end }}
{{- end }}

{{- define "exporter.container" -}}
- name: exporter
  image: {{ include "exporter.image" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args:
    {{- include "exporter.args" . | trim | nindent 4 }}
  {{- with .Values.extraEnv }}
  env:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.extraEnvFrom }}
  envFrom:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  ports:
    - name: metrics
      containerPort: 10284
  livenessProbe:
    {{- include "exporter.probe" (dict "root" . "path" "/-/healthy") | trim | nindent 4 }}
  readinessProbe:
    {{- include "exporter.probe" (dict "root" . "path" "/-/ready") | trim | nindent 4 }}
  {{- with .Values.resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.securityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with include "exporter.volumeMounts" . | trim }}
  volumeMounts:
    {{- . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "exporter.args" -}}
{{- if .Values.demo }}
- demo
{{- end }}
- --web.listen-address=:10284
{{- if include "exporter.hasConfigFile" . }}
- --config.file=/etc/athena-session-exporter/exporter.yaml
{{- end }}
{{- if gt (int .Values.shards) 1 }}
- --shard.ordinal=pod
- --shard.total={{ .Values.shards }}
{{- end }}
{{- if .Values.web.existingSecret }}
- --web.config.file=/etc/athena-session-exporter-web/web.yaml
- --web.open-probes
{{- end }}
{{- if .Values.configReload }}
- --web.enable-lifecycle
{{- end }}
{{- range .Values.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end }}

{{/* Takes `root` and the `path` that is requested. */}}
{{- define "exporter.probe" -}}
{{- with .root.Values.web }}
{{- if .clientCertificates }}
tcpSocket:
  port: metrics
{{- else }}
httpGet:
  path: {{ $.path }}
  port: metrics
  scheme: {{ ternary "HTTPS" "HTTP" .tls }}
{{- end }}
{{- end }}
timeoutSeconds: 5
{{- end }}

{{- define "exporter.reloader" -}}
- name: reloader
  image: {{ printf "%s:%s" .Values.reloader.image.repository .Values.reloader.image.tag | quote }}
  args:
    - --watched-dir=/etc/athena-session-exporter
    - --reload-url={{ include "exporter.scheme" . }}://127.0.0.1:10284/-/reload
  {{- with .Values.reloader.resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.securityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  volumeMounts:
    - name: config
      mountPath: /etc/athena-session-exporter
      readOnly: true
{{- end }}

{{- define "exporter.volumeMounts" -}}
{{- if include "exporter.hasConfigFile" . }}
- name: config
  mountPath: /etc/athena-session-exporter
  readOnly: true
{{- end }}
{{- if .Values.web.existingSecret }}
- name: web
  mountPath: /etc/athena-session-exporter-web
  readOnly: true
{{- end }}
{{- if .Values.web.certificateSecret }}
- name: certificate
  mountPath: /etc/tls
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{- toYaml . | nindent 0 }}
{{- end }}
{{- end }}

{{- define "exporter.volumes" -}}
{{- $volumes := list }}
{{- with .Values }}
{{- if .existingSecret }}
{{- $volumes = append $volumes (dict "name" "config" "secret" (dict "secretName" .existingSecret "defaultMode" 0440)) }}
{{- else if include "exporter.hasConfigFile" $ }}
{{- $name := default (include "exporter.fullname" $) .existingConfigMap }}
{{- $volumes = append $volumes (dict "name" "config" "configMap" (dict "name" $name)) }}
{{- end }}
{{- if .web.existingSecret }}
{{- $volumes = append $volumes (dict "name" "web" "secret" (dict "secretName" .web.existingSecret "defaultMode" 0440)) }}
{{- end }}
{{- if .web.certificateSecret }}
{{- $volumes = append $volumes (dict "name" "certificate" "secret" (dict "secretName" .web.certificateSecret "defaultMode" 0440)) }}
{{- end }}
{{- $volumes = concat $volumes .extraVolumes }}
{{- end }}
{{- with $volumes }}
volumes:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
