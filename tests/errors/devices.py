"""Devices that are not there, and names that are none."""

from .misuse import misuses

misuse = misuses("devices")
NO_CUDA = "Torch not compiled with CUDA enabled"


@misuse(NO_CUDA)
def made_on_a_gpu(torch):
    torch.ones(2, device="cuda")


@misuse(NO_CUDA)
def data_put_on_a_gpu(torch):
    torch.tensor([1.0], device="cuda:0")


@misuse(NO_CUDA)
def drawn_on_a_gpu(torch):
    torch.randn(2, device=torch.device("cuda"))


@misuse(NO_CUDA)
def a_model_moved_to_a_gpu(torch):
    net = torch.nn.Linear(1, 1)
    yield lambda: (list(net.parameters()), str(net.weight.device))
    net.to("cuda")


@misuse(NO_CUDA)
def a_tensor_moved_by_device_and_dtype(torch):
    x = torch.ones(2)
    yield lambda: x
    x.to("cuda", torch.float64)


@misuse(NO_CUDA)
def like_another_on_a_gpu(torch):
    torch.zeros_like(torch.ones(2), device="cuda")


@misuse(NO_CUDA)
def new_from_another_on_a_gpu(torch):
    torch.ones(2).new_zeros(3, device="cuda")


@misuse(NO_CUDA)
def a_parameter_on_a_gpu(torch):
    torch.nn.Parameter(torch.ones(1)).cuda()


@misuse(NO_CUDA)
def a_gpu_made_the_default_and_used(torch):
    torch.set_default_device("cuda")
    try:
        torch.ones(2)
    finally:
        torch.set_default_device(None)


@misuse(NO_CUDA)
def a_gpu_in_a_with_block(torch):
    with torch.device("cuda"):
        torch.zeros(2)


@misuse("device type", "at start of device string: gpu")
def a_gpu_by_a_wrong_name(torch):
    torch.ones(2).to("gpu")


@misuse("device type", "at start of device string: tpu")
def made_on_an_unknown_device(torch):
    torch.zeros(2, device="tpu")


@misuse("device type", "at start of device string: gpu")
def an_unknown_device_by_default(torch):
    yield lambda: str(torch.get_default_device())
    torch.set_default_device("gpu")


@misuse("Invalid device string: 'float32'")
def a_dtype_by_its_name_as_a_device(torch):
    torch.ones(2).to("float32")


@misuse("Invalid device string: 'cuda:x'")
def a_letter_as_the_number_of_a_device(torch):
    torch.device("cuda:x")


@misuse("Invalid device string: 'cuda:0:1'")
def two_numbers_of_a_device(torch):
    torch.device("cuda:0:1")


@misuse("Device string must not be empty")
def an_empty_name_of_a_device(torch):
    torch.device("")


@misuse("Device index must not be negative")
def a_negative_number_of_a_device(torch):
    torch.device("cuda", -2)


@misuse("device() received an invalid combination of arguments - got (float)")
def a_float_as_a_device(torch):
    torch.device(1.5)


@misuse("argument 'device' must be torch.device, not float")
def a_float_as_the_device_of_a_new_tensor(torch):
    torch.ones(2, device=1.5)


@misuse("to() received an invalid combination of arguments")
def moved_to_a_device_and_a_dtype_by_name(torch):
    torch.ones(2).to("cpu", "float32")


@misuse("Could not run 'aten::empty.memory_format' with arguments from the 'MPS' backend")
def made_on_a_mac(torch):
    torch.ones(2, device="mps")


@misuse("Cannot get CUDA generator without ATen_cuda library")
def a_generator_on_a_gpu(torch):
    torch.Generator(device="cuda")


@misuse("accelerator")
def pinned_without_a_gpu(torch):
    torch.ones(2).pin_memory()


@misuse("Cannot access accelerator device when none is available")
def a_device_by_its_number(torch):
    torch.ones(2).to(0)


@misuse("Cannot access accelerator device when none is available")
def made_on_a_device_by_its_number(torch):
    torch.zeros(2, device=0)
