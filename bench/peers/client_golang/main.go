// Command peer serves the samples of a file in the Prometheus text format with client_golang, as one gauge vector a family.
// It prints the port that it listens on.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

func main() {
	registry, err := fill(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, nil))
}

func fill(path string) (*prometheus.Registry, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(file)
	if err != nil {
		return nil, err
	}
	registry := prometheus.NewRegistry()
	for name, family := range families {
		if family.GetType() == dto.MetricType_HISTOGRAM {
			continue
		}
		var gauges *prometheus.GaugeVec
		for _, metric := range family.GetMetric() {
			labels := prometheus.Labels{}
			names := []string{}
			for _, pair := range metric.GetLabel() {
				labels[pair.GetName()] = pair.GetValue()
				names = append(names, pair.GetName())
			}
			if gauges == nil {
				gauges = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: family.GetHelp()}, names)
				registry.MustRegister(gauges)
			}
			gauges.With(labels).Set(value(metric))
		}
	}
	return registry, nil
}

func value(metric *dto.Metric) float64 {
	return metric.GetGauge().GetValue() + metric.GetCounter().GetValue() + metric.GetUntyped().GetValue()
}
