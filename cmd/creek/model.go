package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/dispatcher"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
)

func newModelCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "model",
		Short: "Work with the models of trainings and with model files",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	command.AddCommand(newPullCommand(), newInspectCommand())
	return command
}

type pullOptions struct {
	kubeconfig   string
	output       string
	redisAddress string
	s3Endpoint   string
}

func newPullCommand() *cobra.Command {
	var o pullOptions
	command := &cobra.Command{
		Use:   "pull NAMESPACE/NAME -o FILE",
		Short: "Write the newest stored model of a training to a file",
		Long: `Write the newest stored model of a training to a file. The state store is reached with the training's own settings and Secret, read
through your kubeconfig; its address can be overridden, for a store that is reached another way from here.`,
		Example: "  creek model pull shop/fraud -o fraud.model",
		Args:    oneArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 || o.output == "" {
				return usagef("NAMESPACE/NAME and -o FILE are required")
			}
			namespace, name, ok := strings.Cut(args[0], "/")
			if !ok || namespace == "" || name == "" {
				return usagef("%q is not of the form NAMESPACE/NAME", args[0])
			}
			return o.pull(cmd, types.NamespacedName{Namespace: namespace, Name: name})
		},
	}
	command.Flags().StringVar(&o.kubeconfig, "kubeconfig", "", "the kubeconfig (default: $KUBECONFIG or ~/.kube/config)")
	command.Flags().StringVarP(&o.output, "output", "o", "", "the file to write")
	command.Flags().StringVar(&o.redisAddress, "redis-address", "", "host:port at which Redis is reached from here")
	command.Flags().StringVar(&o.s3Endpoint, "s3-endpoint", "", "URL at which the S3 server is reached from here")
	return command
}

func (o pullOptions) pull(cmd *cobra.Command, key types.NamespacedName) error {
	ctx := cmd.Context()
	reader, err := o.client()
	if err != nil {
		return err
	}
	var training v1alpha1.CreekTraining
	if err := reader.Get(ctx, key, &training); err != nil {
		return fmt.Errorf("read CreekTraining %s: %w", key, err)
	}
	if training.Status.Model == nil || training.Status.Model.Incarnation == "" {
		return fmt.Errorf("CreekTraining %s has no model yet: it has not begun to learn", key)
	}
	config, err := dispatcher.StateConfig(ctx, reader, &training)
	if err != nil {
		return err
	}
	if o.redisAddress != "" {
		config.RedisAddress = o.redisAddress
	}
	if o.s3Endpoint != "" {
		config.S3.Endpoint = o.s3Endpoint
	}
	store, err := state.Open(config)
	if err != nil {
		return fmt.Errorf("open the state store: %w", err)
	}
	checkpoint, err := newestCheckpoint(ctx, store, &training)
	if err != nil {
		return err
	}
	if err := os.WriteFile(o.output, checkpoint.Model, 0o600); err != nil {
		return fmt.Errorf("write the model: %w", err)
	}
	h := checkpoint.Header
	fmt.Fprintf(cmd.OutOrStdout(), "%s: lineage %d, %d records, slice %s, digest %s\n", o.output, h.Number, h.Records, h.Position, h.ModelDigest)
	return nil
}

func (o pullOptions) client() (client.Reader, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = o.kubeconfig
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil).ClientConfig()
	if clientcmd.IsEmptyConfig(err) {
		return nil, errors.New("there is no kubeconfig: name one with --kubeconfig or $KUBECONFIG")
	}
	if err != nil {
		return nil, fmt.Errorf("read the kubeconfig: %w", err)
	}
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return nil, err
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, err
	}
	return client.New(config, client.Options{Scheme: scheme})
}

// newestCheckpoint reads the checkpoint that is furthest in the training's present history, those apart that a Rebase voids.
func newestCheckpoint(ctx context.Context, store state.Store, training *v1alpha1.CreekTraining) (history.Checkpoint, error) {
	keys := history.Keys{
		Lineage:     history.Lineage{Namespace: training.Namespace, Name: training.Name, Number: training.Status.Model.Lineage},
		Incarnation: training.Status.Model.Incarnation,
	}
	void, err := newestVoid(ctx, store, keys)
	if err != nil {
		return history.Checkpoint{}, err
	}
	missing, after := "", ""
	for {
		newest, err := store.List(ctx, keys.CheckpointPrefix(0), after, 1)
		if err != nil {
			return history.Checkpoint{}, fmt.Errorf("list the checkpoints in the state store: %w", err)
		}
		if len(newest) == 0 {
			return history.Checkpoint{}, fmt.Errorf("training %s/%s has no checkpoint yet", training.Namespace, training.Name)
		}
		position, err := keys.ParseCheckpointKey(0, newest[0])
		if err != nil {
			return history.Checkpoint{}, err
		}
		if void.Holds(position) {
			after = newest[0]
			continue
		}
		data, err := store.Get(ctx, newest[0])
		if errors.Is(err, state.ErrNotFound) && newest[0] != missing {
			// Newer ones were saved since, and this one was collected.
			missing, after = newest[0], ""
			continue
		}
		if err != nil {
			return history.Checkpoint{}, fmt.Errorf("read checkpoint %s: %w", newest[0], err)
		}
		return history.DecodeCheckpoint(data)
	}
}

// newestVoid returns what the history takes back, as its newest entry says.
func newestVoid(ctx context.Context, store state.Store, keys history.Keys) (history.Void, error) {
	newest, err := store.List(ctx, keys.HistoryPrefix(), "", 1)
	if err != nil || len(newest) == 0 {
		return history.Void{}, err
	}
	data, err := store.Get(ctx, newest[0])
	if err != nil {
		return history.Void{}, fmt.Errorf("read the newest entry %s: %w", newest[0], err)
	}
	entry, err := history.DecodeEntry(data)
	return entry.Voided(), err
}
