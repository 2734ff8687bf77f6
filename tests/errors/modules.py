"""Modules, optimizers and schedulers, built or used wrongly."""

import copy

from .misuse import leaf, misuses

misuse = misuses("modules and optimizers")


def small(torch):
    """A model of two layers."""
    return torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))


@misuse("cannot assign module before Module.__init__() call")
def a_layer_before_super(torch):
    class Net(torch.nn.Module):
        def __init__(self):
            self.layer = torch.nn.Linear(1, 1)

    Net()


@misuse("cannot assign parameters before Module.__init__() call")
def a_parameter_before_super(torch):
    class Net(torch.nn.Module):
        def __init__(self):
            self.weight = torch.nn.Parameter(torch.ones(1))

    Net()


@misuse("is missing the required", "forward")
def no_forward_method(torch):
    class Net(torch.nn.Module):
        pass

    Net()(torch.ones(1))


@misuse("is missing the required", "forward")
def a_list_of_layers_called(torch):
    torch.nn.ModuleList([torch.nn.Linear(1, 1)])(torch.ones(1, 1))


@misuse("'Net' object has no attribute 'layr'")
def a_layer_spelt_wrongly(torch):
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(1, 1)

        def forward(self, x):
            return self.layr(x)

    Net()(torch.ones(1, 1))


@misuse("is not a Module subclass")
def a_function_among_layers(torch):
    torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.functional.relu)


@misuse('module name can\'t contain "."')
def a_dot_in_the_name_of_a_layer(torch):
    torch.nn.ModuleDict({"block.1": torch.nn.Linear(1, 1)})


@misuse("Missing key(s) in state_dict", "Unexpected key(s) in state_dict", "module.0.weight")
def a_state_saved_from_a_wrapper(torch):
    net = small(torch)
    state = {f"module.{name}": value for name, value in net.state_dict().items()}
    yield lambda: list(net.parameters())
    net.load_state_dict(state)


@misuse("size mismatch for 0.weight: copying a param with shape torch.Size([4, 2]) from checkpoint",
        "the shape in current model is torch.Size([3, 2])")  # fmt: skip
def a_state_of_a_wider_model(torch):
    net = small(torch)
    state = {**net.state_dict(), "0.weight": torch.ones(4, 2)}
    net.load_state_dict(state)


@misuse("Expected state_dict to be dict-like, got")
def a_model_loaded_as_its_state(torch):
    small(torch).load_state_dict(small(torch))


@misuse("param_groups")
def a_state_of_a_model_in_an_optimizer(torch):
    net = small(torch)
    torch.optim.SGD(net.parameters(), lr=0.1).load_state_dict(net.state_dict())


@misuse("optimizer can only optimize Tensors, but one of the params is")
def a_model_in_place_of_its_parameters(torch):
    torch.optim.SGD(small(torch), lr=0.1)


@misuse("'method' object is not iterable")
def parameters_without_the_call(torch):
    torch.optim.SGD(small(torch).parameters, lr=0.1)


@misuse("optimizer got an empty parameter list")
def parameters_already_used_up(torch):
    parameters = small(torch).parameters()
    torch.optim.SGD(parameters, lr=0.1)
    torch.optim.Adam(parameters)


@misuse("optimizer can only optimize Tensors, but one of the params is")
def names_with_parameters_in_lists(torch):
    torch.optim.SGD([list(p) for p in small(torch).named_parameters()], lr=0.1)


@misuse("can't optimize a non-leaf Tensor")
def a_scaled_parameter(torch):
    torch.optim.SGD([torch.nn.Parameter(torch.ones(2)) * 0.1], lr=0.1)


@misuse("Invalid learning rate: -0.1")
def a_rate_below_zero(torch):
    torch.optim.AdamW(small(torch).parameters(), lr=-0.1)


@misuse("not supported between instances of", "str")
def a_rate_that_is_text(torch):
    torch.optim.SGD(small(torch).parameters(), lr="0.1")


@misuse("missing 1 required positional argument: 'step_size'")
def a_schedule_without_its_step(torch):
    torch.optim.lr_scheduler.StepLR(torch.optim.SGD([leaf(torch, 1.0)], lr=0.1))


@misuse("is not an Optimizer")
def a_schedule_of_a_model(torch):
    torch.optim.lr_scheduler.StepLR(small(torch), 3)


@misuse("Expected 2 lr_lambdas, but got 1")
def one_factor_for_two_groups(torch):
    optimizer = torch.optim.SGD([{"params": [leaf(torch, 1.0)]}, {"params": [leaf(torch, 2.0)]}])
    torch.optim.lr_scheduler.LambdaLR(optimizer, [lambda epoch: 0.5])


@misuse("'initial_lr' is not specified in param_groups[0] when resuming")
def a_schedule_resumed_on_a_new_optimizer(torch):
    optimizer = torch.optim.SGD([leaf(torch, 1.0)], lr=0.1)
    torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5, last_epoch=3)


@misuse("missing 1 required positional argument: 'metrics'")
def a_plateau_without_its_metric(torch):
    optimizer = torch.optim.SGD([leaf(torch, 1.0)], lr=0.1)
    torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer).step()


@misuse("Factor should be < 1.0")
def a_plateau_that_raises_the_rate(torch):
    optimizer = torch.optim.SGD([leaf(torch, 1.0)], lr=0.1)
    torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=2.0)


@misuse("mode best is unknown")
def a_plateau_of_an_unknown_mode(torch):
    optimizer = torch.optim.SGD([leaf(torch, 1.0)], lr=0.1)
    torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, "best")


@misuse("The total norm of order 2.0 for gradients from `parameters` is non-finite",
        way_out="error_if_nonfinite=False")  # fmt: skip
def gradients_that_are_not_finite(torch):
    x = leaf(torch, 1.0)
    x.grad = torch.tensor([float("inf")])
    yield lambda: (x, x.grad)
    torch.nn.utils.clip_grad_norm_([x], 1.0, error_if_nonfinite=True)


@misuse("has no attribute `gone`")
def a_layer_asked_for_that_is_not_there(torch):
    small(torch).get_submodule("gone")


@misuse("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
def a_bias_initialised_as_a_matrix(torch):
    torch.nn.init.xavier_uniform_(torch.nn.Linear(2, 2).bias)


@misuse("only accepts floating point or complex dtypes", "torch.int64")
def a_model_of_integers(torch):
    net = small(torch)
    yield lambda: list(net.parameters())
    net.to(torch.int64)


@misuse("Only Tensors created explicitly by the user", "deepcopy protocol")
def a_model_copied_that_keeps_a_result(torch):
    net = small(torch)
    net.last = net(torch.ones(1, 2))
    copy.deepcopy(net)


@misuse("avg is not a valid value for reduction")
def a_reduction_that_is_none(torch):
    torch.nn.MSELoss(reduction="avg")(torch.ones(2), torch.ones(2))


@misuse("expected target dtype to be Long or Byte, but got Int")
def classes_in_int32(torch):
    torch.nn.CrossEntropyLoss()(torch.zeros(2, 3), torch.zeros(2, dtype=torch.int32))


@misuse("weight tensor should be defined either for all 3 classes or no classes")
def weights_of_two_classes_of_three(torch):
    loss = torch.nn.CrossEntropyLoss(weight=torch.ones(2))
    loss(torch.zeros(1, 3), torch.tensor([0]))


@misuse("embed_dim must be divisible by num_heads")
def heads_that_do_not_divide(torch):
    torch.nn.TransformerEncoderLayer(10, 3)


@misuse("in_channels must be divisible by groups")
def channels_that_groups_do_not_divide(torch):
    torch.nn.Conv2d(3, 4, 3, groups=2)


@misuse("Tensor lr must be 1-element")
def a_rate_of_two_elements(torch):
    torch.optim.SGD([leaf(torch, 1.0)], lr=torch.tensor([0.1, 0.2]))


@misuse("1D target tensor expects 2D input tensors")
def cosines_of_vectors_without_a_batch(torch):
    x = torch.ones(3)
    torch.nn.CosineEmbeddingLoss()(x, x, torch.ones(1))


@misuse("must be tuple of ints", "float")
def a_layer_of_half_a_feature(torch):
    torch.nn.Linear(5 / 2, 1)
