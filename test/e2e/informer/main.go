// What a Go controller does: a typed client whose writes are protobuf, and shared informers on pods and StatefulSets.
// Prints one line an event, `synced` when the first lists are in; ends when its standard input does.
// Usage: informer KUBECONFIG NAMESPACE. Commands on standard input, each answered by a line `done ...` or `error ...`:
//
//	create namespace|configmap|secret|service|serviceaccount NAME   in protobuf
//	scale NAME REPLICAS                                             get, update (JSON), again on a conflict
//	label POD KEY VALUE
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/retry"
)

var printing sync.Mutex

func say(format string, args ...any) {
	printing.Lock()
	defer printing.Unlock()
	fmt.Printf(format+"\n", args...)
}

func ready(pod *corev1.Pod) bool {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}

func describe(object any) string {
	switch o := object.(type) {
	case *corev1.Pod:
		return fmt.Sprintf("pod %s version=%s ready=%t ending=%t labels=%d", o.Name, o.ResourceVersion, ready(o),
			o.DeletionTimestamp != nil, len(o.Labels))
	case *appsv1.StatefulSet:
		return fmt.Sprintf("statefulset %s version=%s replicas=%d ready=%d", o.Name, o.ResourceVersion, *o.Spec.Replicas,
			o.Status.ReadyReplicas)
	case cache.DeletedFinalStateUnknown:
		return "missed " + o.Key
	}
	return fmt.Sprintf("unknown %T", object)
}

var handler = cache.ResourceEventHandlerFuncs{
	AddFunc:    func(object any) { say("added %s", describe(object)) },
	UpdateFunc: func(_, object any) { say("updated %s", describe(object)) },
	DeleteFunc: func(object any) { say("deleted %s", describe(object)) },
}

func create(client kubernetes.Interface, namespace, kind, name string) error {
	meta := metav1.ObjectMeta{Name: name, Labels: map[string]string{"made": "by-go"}}
	ctx, options, core := context.Background(), metav1.CreateOptions{}, client.CoreV1()
	var err error
	switch kind {
	case "namespace":
		_, err = core.Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: meta}, options)
	case "configmap":
		_, err = core.ConfigMaps(namespace).Create(ctx, &corev1.ConfigMap{ObjectMeta: meta,
			Data: map[string]string{"text": "grün"}, BinaryData: map[string][]byte{"bytes": {0, 255}}}, options)
	case "secret":
		_, err = core.Secrets(namespace).Create(ctx, &corev1.Secret{ObjectMeta: meta, Data: map[string][]byte{"key": {0, 1, 2}}}, options)
	case "service":
		_, err = core.Services(namespace).Create(ctx, &corev1.Service{ObjectMeta: meta, Spec: corev1.ServiceSpec{
			ClusterIP: "None", Selector: map[string]string{"app": name}, Ports: []corev1.ServicePort{{Name: "http", Port: 80}}}}, options)
	case "serviceaccount":
		_, err = core.ServiceAccounts(namespace).Create(ctx, &corev1.ServiceAccount{ObjectMeta: meta}, options)
	default:
		err = fmt.Errorf("no such kind: %s", kind)
	}
	return err
}

func scale(client kubernetes.Interface, namespace, name string, replicas int32) error {
	sets, ctx := client.AppsV1().StatefulSets(namespace), context.Background()
	return retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		set, err := sets.Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		set.Spec.Replicas = &replicas
		_, err = sets.Update(ctx, set, metav1.UpdateOptions{})
		return err
	})
}

func label(client kubernetes.Interface, namespace, pod, key, value string) error {
	patch := fmt.Sprintf(`{"metadata":{"labels":{%q:%q}}}`, key, value)
	_, err := client.CoreV1().Pods(namespace).Patch(context.Background(), pod, types.StrategicMergePatchType, []byte(patch),
		metav1.PatchOptions{})
	return err
}

func run(json, protobuf kubernetes.Interface, namespace string, words []string) error {
	switch {
	case len(words) == 3 && words[0] == "create":
		return create(protobuf, namespace, words[1], words[2])
	case len(words) == 3 && words[0] == "scale":
		replicas, err := strconv.ParseInt(words[2], 10, 32)
		if err != nil {
			return err
		}
		return scale(json, namespace, words[1], int32(replicas))
	case len(words) == 4 && words[0] == "label":
		return label(json, namespace, words[1], words[2], words[3])
	}
	return fmt.Errorf("no such command")
}

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", os.Args[1])
	if err != nil {
		panic(err)
	}
	namespace := os.Args[2]
	config.ContentType = "application/json" // typed clients prefer protobuf unless told
	client := kubernetes.NewForConfigOrDie(config)
	config.ContentType = "application/vnd.kubernetes.protobuf"
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	protobuf := kubernetes.NewForConfigOrDie(config)

	factory := informers.NewSharedInformerFactoryWithOptions(protobuf, 0, informers.WithNamespace(namespace))
	for _, informer := range []cache.SharedIndexInformer{factory.Core().V1().Pods().Informer(),
		factory.Apps().V1().StatefulSets().Informer()} {
		if _, err := informer.AddEventHandler(handler); err != nil {
			panic(err)
		}
	}
	stop := make(chan struct{})
	factory.Start(stop)
	factory.WaitForCacheSync(stop)
	say("synced")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if err := run(client, protobuf, namespace, strings.Fields(lines.Text())); err != nil {
			say("error %s: %v", lines.Text(), err)
		} else {
			say("done %s", lines.Text())
		}
	}
	close(stop)
	factory.Shutdown()
}
