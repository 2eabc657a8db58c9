"""Amazon EC2: instances, volumes and Auto Scaling groups, also by the CloudWatch agent."""

from quorum.services.row import Describe, Kind, Naming, Service, Signal, cpu, level, named

_TEMPLATE = "(LaunchTemplate || MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification)."

ROW = Service(
    "EC2 and Auto Scaling",
    (
        Kind(
            "ec2",
            "AWS/EC2",
            named("InstanceId"),
            (
                cpu(),
                Signal("StatusCheckFailed", "errors", "Maximum"),
                Signal("NetworkIn", "other", unit="Bytes"),
                Signal("NetworkOut", "other", unit="Bytes"),
            ),
            arn="ec2:{region}:{account}:instance/{name}",
            page="ec2/home?region={region}#InstanceDetails:instanceId={name}",
            period=300,
        ),
        Kind(
            "ebs",
            "AWS/EBS",
            named("VolumeId"),
            (
                level("VolumeQueueLength", "Count"),
                Signal("BurstBalance", "capacity", "Minimum", "Percent"),
                Signal("VolumeStalledIOCheck", "errors", "Maximum"),
            ),
            arn="ec2:{region}:{account}:volume/{name}",
            page="ec2/home?region={region}#VolumeDetails:volumeId={name}",
            period=300,
        ),
        Kind(
            "autoscaling",
            "AWS/AutoScaling",
            named("AutoScalingGroupName"),
            (
                Signal("CPUUtilization", "capacity", "Average", "Percent", namespace="AWS/EC2"),
                Signal("StatusCheckFailed", "errors", "Maximum", namespace="AWS/EC2"),
                level("GroupInServiceInstances", "Count"),
                level("GroupDesiredCapacity", "Count"),
            ),
            page="ec2/home?region={region}#AutoScalingGroupDetails:id={name}",
            describes=(
                Describe(
                    "autoscaling:DescribeAutoScalingGroups",
                    on="*",
                    request="{AutoScalingGroupNames: names}",
                    most=50,
                    items="AutoScalingGroups",
                    name="AutoScalingGroupName",
                    settings=(
                        ("min", "MinSize"),
                        ("max", "MaxSize"),
                        ("desired", "DesiredCapacity"),
                        ("suspended", "SuspendedProcesses[].ProcessName"),
                        ("launch_configuration", "LaunchConfigurationName"),
                        ("template", _TEMPLATE + "LaunchTemplateName"),
                        ("template_version", _TEMPLATE + "Version"),
                    ),
                    called_by=("TargetGroupARNs",),
                ),
            ),
            settings=(
                "min",
                "max",
                "suspended",
                "launch_configuration",
                "template",
                "template_version",
            ),
        ),
    ),
    also=(
        Naming("AWS/EBS", named("InstanceId"), "ec2"),
        Naming("AWS/EC2", named("AutoScalingGroupName"), "autoscaling"),
        Naming("CWAgent", named("InstanceId"), "ec2"),
        Naming("CWAgent", named("AutoScalingGroupName"), "autoscaling"),
    ),
)
